"""A summit that came from an archive or a backup sends nothing until an organiser resumes it; then only what is
new."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from delegations.invitations.services import reminders
from delegations.portal_access.messages import SIGN_IN_CODE
from delegations.portal_access.services import sign_in_codes
from summit.audit.models import AuditEntry
from summit.core.process_cache import forget_all
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits import outbound_pause
from summit.summits.models import Summit, SummitQuerySet
from summit.users.models import User
from summit.webhooks.models.deliveries import Delivery
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.press.helpers import ago
from tests.summit.outbound_traffic import sending_summit, sweep_with

pytestmark = pytest.mark.django_db
CAME = datetime.now(UTC) - timedelta(hours=5)


@once_a_module
def summit() -> Summit:
    return sending_summit(paused_at=CAME)


@pytest.fixture
def sweep(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, int]]:
    return sweep_with(monkeypatch)


def test_nothing_goes_out_of_a_paused_summit(summit: Summit, sweep: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (sweep(), mail.outbox) == ({}, [])
    # The control: without the predicate all of it goes.
    forget_all()
    monkeypatch.setattr(SummitQuerySet, "paused", lambda self: self.none())
    assert sweep() == {
        **{"handed": 2, "mail": 2, "endpoints": 2, "events": 2},
        **{"announced": 2, "recalled": 1, "alarms": 2, "reminders": 1},
    }
    assert len(mail.outbox) == 2


def test_what_is_older_is_cancelled_and_the_rest_goes_on(summit: Summit, organiser: User, sweep: Any) -> None:
    told = {str(row.label): (row.goes, row.older) for row in outbound_pause.waiting(summit)}
    assert told == {
        "account email": (1, 1),
        "webhook events": (1, 1),
        "announcements of published texts": (1, 1),
        "notices of withdrawn texts": (1, 0),
        "alerts about speeches not marked as delivered": (1, 1),
        "reminder": (1, 0),
    }
    assert outbound_pause.resume(summit=summit, by=organiser) == 4
    assert sweep() == {
        **{"handed": 1, "mail": 1, "endpoints": 1, "events": 1},
        **{"announced": 1, "recalled": 1, "alarms": 1, "reminders": 1},
    }
    assert sorted(Message.objects.filter(kind="system").values_list("state", flat=True)) == ["dropped", "sent"]
    sent = Delivery.objects.filter(subject_key__startswith="test:").order_by("state")
    assert list(sent.values_list("state", flat=True)) == ["failed", "sent"]
    entry = AuditEntry.objects.get(action="summit.resume")
    assert (entry.by, entry.detail) == (organiser, {"cancelled": 4})
    with pytest.raises(outbound_pause.NotPaused):
        outbound_pause.resume(summit=summit, by=organiser)


def test_a_reminder_that_was_due_before_it_came_is_never_written(summit: Summit) -> None:
    Summit.objects.filter(pk=summit.pk).update(paused_at=ago(1), resumed_at=ago(0.5))
    assert reminders.remind() == 0
    Summit.objects.filter(pk=summit.pk).update(paused_at=None, resumed_at=None)
    assert reminders.remind() == 1


def test_a_code_is_written_by_a_summit_that_sends(summit: Summit) -> None:
    f.MembershipFactory(party__summit=summit, person__email="a@land.example")
    sign_in_codes.ask(mailbox="a@land.example", language="en")
    assert Message.objects.get(kind=SIGN_IN_CODE.name).summit == summit
    assert not Message.objects.due().filter(kind=SIGN_IN_CODE.name).exists()
    other = f.MembershipFactory(party__summit=f.SummitFactory(), person__email="b@land.example")
    f.MembershipFactory(party__summit=summit, person__email="b@land.example")
    sign_in_codes.ask(mailbox="b@land.example", language="en")
    assert Message.objects.due().get(kind=SIGN_IN_CODE.name).summit == other.party.summit


class TestPages:
    @pytest.mark.slow("opens each page of it in turn")
    def test_the_desk_says_so_and_asks_first(self, summit: Summit, desk: Client) -> None:
        home, path = desk.get("/admin/").content.decode(), f"/admin/summit/arm/{summit.slug}/"
        assert ("is paused." in home, path in home) == (True, True)
        assert "webhook events" in desk.get(path).content.decode()
        assert (summit.is_paused, desk.post(path).status_code) == (True, 302)
        after = desk.get("/admin/").content.decode()
        assert "4 messages from before its arrival were cancelled." in after
        assert "sends nothing." not in after
        for answer in (desk.get(path), desk.post(path, follow=True)):
            assert "is not paused" in answer.content.decode()

    def test_others_are_told_and_may_not(self, summit: Summit) -> None:
        viewer = f.UserFactory.with_role(Role.VIEWER, summit)
        home = signed_in(viewer).get("/admin/").content.decode()
        assert "until an organiser resumes sending" in home
        assert "/admin/summit/arm/" not in home
        with pytest.raises(PermissionDenied):
            outbound_pause.resume(summit=summit, by=viewer)


def test_commands_look_resume_and_pause(summit: Summit) -> None:
    out, nowhere = StringIO(), "There is no summit at “nowhere”."
    call_command("resume_summit", summit.slug, "--look", stdout=out)
    assert "webhook events: 1 to be sent, 1 cancelled" in out.getvalue()
    assert Summit.objects.paused().get() == summit
    call_command("resume_summit", summit.slug, stdout=out)
    assert not Summit.objects.paused().exists()
    for command, args, said in (
        ("resume_summit", ["nowhere"], nowhere),
        ("pause_summit", ["nowhere"], nowhere),
        ("pause_summit", [], "Name summits, or use --all."),
        ("resume_summit", [summit.slug], "is not paused"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command(command, *args)
    call_command("pause_summit", "--all", stdout=out)
    assert "1 summit paused until someone resumes it." in out.getvalue()
    assert Summit.objects.paused().get().resumed_at is None
