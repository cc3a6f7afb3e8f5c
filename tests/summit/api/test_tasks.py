"""What waits for somebody by the API: the same as on their desk's home."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from summit.api_base.scopes import all_scopes
from summit.core.database_clock import db_now
from summit.maintenance.models import Heartbeat
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import START, InvitationFactory, MessageFactory, PartyFactory, UserFactory
from tests.press.helpers import make_text
from tests.summit.api.conftest import Program, program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
TASKS = "summits/here/desk/tasks/"


@pytest.fixture
def busy(here: Summit) -> Summit:
    """Something for each desk: answers that are late, a mail that failed, words to be reviewed, a party to invite."""
    Heartbeat.objects.create(name="sweep")
    here.answer_by = db_now() - timedelta(hours=1)
    here.save()
    PartyFactory(summit=here)
    InvitationFactory.create_batch(2, party__summit=here, state="sent", sent_at=START)
    MessageFactory(summit=here, kind="system", state="failed", problem="no such mailbox")
    make_text(summit=here, state="in_review", title="Secret")
    return here


def told(who: Program) -> list[dict[str, Any]]:
    answer = who.get(TASKS)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["tasks"]
    return found


def test_a_task_says_what_how_soon_where_and_by_when(busy: Summit, organiser: Program) -> None:
    first, *_others = told(organiser)
    page = first.pop("page")
    assert first == {
        "sentence": "2 answers are overdue. Contact the delegations, or record their answers.",
        "urgency": "late",
        "moment": busy.answer_by.isoformat().replace("+00:00", "Z"),  # type: ignore[union-attr]
    }
    assert page.startswith("http")
    assert signed_in(organiser.user).get(re.sub("^https?://[^/]*", "", page)).status_code == 200
    french = organiser.get(TASKS, Accept_Language="fr").json()["tasks"]
    assert french[0]["sentence"] != first["sentence"]


def test_each_is_told_what_stands_on_their_home(busy: Summit) -> None:
    everything = {each["sentence"] for each in told(program(UserFactory(is_superuser=True)))}
    for role, number in ((Role.ORGANISER, 3), (Role.PRESS_APPROVER, 1)):
        user = UserFactory.with_role(role, busy)
        page = unescape(signed_in(user).get(f"/admin/?summit={busy.slug}").content.decode())
        sentences = [each["sentence"] for each in told(program(user))]
        assert (len(sentences), [each for each in sentences if each not in page]) == (number, [])
        assert [each for each in everything - set(sentences) if each in page] == []


def test_what_is_not_ones_to_do_is_not_told(busy: Summit, viewer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(viewer) == []
    # The control: what keeps it is that each task names who can do it.
    for module in (
        "press.overview.dashboard",
        "delegations.overview.dashboard",
        "summit.outbox.dashboard",
        "sessions.overview.dashboard",
        "summit.admin_base.dashboard",
    ):
        monkeypatch.setattr(f"{module}.allows", lambda user, action, summit: True)
    assert len(told(viewer)) > 2


def test_it_is_read_alone_and_what_was_read_is_not_sent_again(busy: Summit, organiser: Program) -> None:
    assert organiser.get(f"{TASKS}?urgency=late").status_code == 400
    assert organiser.post(TASKS, {}).status_code == 405
    etag = organiser.get(TASKS)["ETag"]
    assert organiser.get(TASKS, If_None_Match=etag).status_code == 304


def test_only_a_token_for_it_is_told(busy: Summit, organiser: Program) -> None:
    make_text(summit=busy, moment=db_now() + timedelta(hours=1), title="Communiqué")
    (held,) = [each for each in told(program(organiser.user, ["tasks:read"])) if "Communiqué" in each["sentence"]]
    assert held["urgency"] == "next"
    others = [scope for scope in all_scopes() if not scope.startswith("tasks:")]
    answer = program(organiser.user, others).get(TASKS)
    assert kind(answer) == (403, "scope")
    assert 'scope="tasks:read"' in answer["WWW-Authenticate"]
