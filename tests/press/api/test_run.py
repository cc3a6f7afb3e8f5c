"""A day's run by the API: the same as stands on the press desk's page (test_run.py), for whoever sees the texts."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from press.models import Lift, LiftMode
from summit.db.clock import db_now
from summit.models import Role, Summit
from tests.factories import MessageFactory, SlotFactory, SummitFactory, TextVersionFactory, UserFactory
from tests.press.api.conftest import DESK, do
from tests.press.helpers import HOUR, add_edition, ago, make_lift, make_text
from tests.press.test_run import give, session_at
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
DAY = {"day": "2030-07-01"}


def at(hour: int) -> datetime:
    """A time of a July day of 2030 in London, an hour ahead of UTC."""
    return datetime(2030, 7, 1, hour - 1, tzinfo=UTC)


def waits(summit: Summit, **more: Any) -> Lift:
    return make_lift(summit, None, mode=LiftMode.DELIVERED, **more)


def run(asks: Program, **values: str) -> dict[str, Any]:
    return do(asks, "texts/run", values)


def failed(summit: Summit, edition: Any) -> None:
    about = {"kind": "publication", "subject_key": f"press.edition:{edition.public_id}"}
    MessageFactory(summit=summit, state="failed", problem="550", **about)


def test_what_goes_out_and_who_is_next(here: Summit, officer: Program) -> None:
    session = session_at(here, at(10))
    lift = waits(here, fallback_at=at(20))
    give(SlotFactory(session=session, minutes=20), "Speech", lift)
    session.cancelled_at = db_now()
    session.save()
    edition = make_text(summit=here, moment=at(11), state="in_review", title="Not ready")
    french = TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
    add_edition(french, state="draft")
    held = make_text(summit=here, moment=at(12), held=True, title="Is held").version.text.lift
    found = run(officer, **DAY)
    told = [(each["at"], each["by"], each["texts"][0]["title"], each["cancelled"]) for each in found["groups"]]
    assert (found["day"], told) == (
        "2030-07-01",
        [
            ("2030-07-01T09:10:00Z", "plan", "Speech", True),
            ("2030-07-01T10:00:00Z", "moment", "Not ready", False),
            ("2030-07-01T11:00:00Z", "moment", "Is held", False),
        ],
    )
    first, second, third = found["groups"]
    assert (first["lift"], first["mode"], first["tied"]) == (lift.public_id, "delivered", False)
    assert (first["alarm_at"], first["held"], first["held_by_name"]) == ("2030-07-01T19:00:00Z", False, "")
    (text,) = second["texts"]
    assert (text["id"], text["state"], text["edition"]) == (edition.version.text.public_id, "in_review", 1)
    assert (text["author"], text["author_name"]) == (edition.author.public_id, str(edition.author))
    assert text["next"].startswith("A press approver other than the writer reads it")
    assert text["behind"] == [{"version": french.public_id, "language": "fr", "state": "draft"}]
    assert (third["held"], third["hold_reason"], third["held_by_name"]) == (True, "wait", str(held.held_by))


def test_what_is_late_or_failed_stands_in_the_run_of_every_day(
    here: Summit, officer: Program, approver: Program
) -> None:
    make_text(summit=here, moment=ago(1), held=True, title="Held too long")
    alone = make_text(summit=here, moment=ago(3), title="Alone", emergency_reason="Nobody was there.")
    out = make_text(summit=here, moment=ago(3), title="Not told")
    failed(here, out)
    found = run(officer, **DAY)
    late = [(each["title"], each["held"], each["late"]) for each in found["overdue"]]
    assert late == [("Held too long", True, "Release the hold, or withdraw it.")]
    assert [(each["edition"], each["reason"]) for each in found["unreviewed"]] == [
        (alone.public_id, "Nobody was there.")
    ]
    (unsent,) = found["unsent"]
    assert (unsent["edition"], unsent["title"], unsent["mails"]) == (out.public_id, "Not told", 1)
    assert len(officer.get(f"{DESK}/messages/?about={unsent['about']}").json()["results"]) == 1
    # An approver sees no mails: how many failed is told, and not where they are.
    assert [(each["mails"], each["about"]) for each in run(approver, **DAY)["unsent"]] == [(1, None)]


def test_what_stands_on_no_day_is_todays(here: Summit, officer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2):
        make_text(summit=here, title=f"Some day {number}")
    found = run(officer)
    # At midnight today is another day than it was a moment ago.
    assert found["day"] >= db_now().astimezone(here.zone).date().isoformat()
    assert [each["title"] for each in found["timeless"]] == ["Some day 1", "Some day 0"]
    assert (found["unplaced"], found["timeless"][0]["next"]) == (2, "A press officer sets the moment.")
    monkeypatch.setattr("press.api.run.MOST", 1)
    assert (len(run(officer)["timeless"]), run(officer)["unplaced"]) == (1, 2)
    assert (run(officer, **DAY)["timeless"], run(officer, **DAY)["unplaced"]) == ([], 0)


def test_it_is_read_by_whoever_sees_the_texts(here: Summit, officer: Program) -> None:
    missing = officer.post("summits/nowhere/desk/texts/run/", DAY)
    viewer, elsewhere = (Role.VIEWER, here), (Role.PRESS_OFFICER, SummitFactory())
    for role, summit in (viewer, elsewhere):
        refused = program(UserFactory.with_role(role, summit)).post(f"{DESK}/texts/run/", DAY)
        assert (refused.status_code, refused.content) == (404, missing.content)
    for day in ("2030-13-01", "0001-01-01", "9999-12-31", "tomorrow"):
        refused = do(officer, "texts/run", {"day": day}, status=422)
        assert [each["pointer"] for each in refused["errors"]] == ["#/day"]


def test_queries_do_not_grow(here: Summit, officer: Program) -> None:
    counts, today = [], {"day": db_now().astimezone(here.zone).date().isoformat()}
    session = session_at(here, db_now())
    for more in (1, 2):
        for number in range(more):
            give(SlotFactory(session=session, position=number + 10 * more, minutes=1), "Speech", waits(here))
            edition = make_text(summit=here, moment=db_now() + HOUR / 60, held=True, emergency_reason="Alone.")
            add_edition(TextVersionFactory(text=edition.version.text, language="fr", authoritative=False))
            make_text(summit=here, moment=ago(1), state="draft")
            make_text(summit=here)
            failed(here, make_text(summit=here, moment=ago(2)))
        run(officer, **today)
        with CaptureQueriesContext(connection) as queries:
            found = run(officer, **today)
        sizes = {len(found[name]) for name in ("overdue", "unreviewed", "unsent", "timeless")}
        counts.append((len(queries), sizes))
    assert counts == [(counts[0][0], {1}), (counts[0][0], {3})]
