"""The publication schedule of a day in the API: the same as on the press desk's page."""

from typing import Any

import pytest

from summit.core.database_clock import db_now
from summit.summits.models import Summit
from tests.factories import MessageFactory, SlotFactory
from tests.press.api.conftest import DESK, do
from tests.press.helpers import add_language, ago, make_text
from tests.press.overview.test_publication_schedule import at, give, session_at, waits
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db
DAY = {"day": "2030-07-01"}


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
    french = add_language(edition.version.text, "fr", state="draft").version
    held = make_text(summit=here, moment=at(12), held=True, title="Is held").version.text.embargo
    found = run(officer, **DAY)
    told = [(each["at"], each["by"], each["texts"][0]["title"], each["cancelled"]) for each in found["groups"]]
    assert told == [
        ("2030-07-01T09:10:00Z", "plan", "Speech", True),
        ("2030-07-01T10:00:00Z", "moment", "Not ready", False),
        ("2030-07-01T11:00:00Z", "moment", "Is held", False),
    ]
    first, second, third = found["groups"]
    assert (first["lift"], first["mode"], first["tied"]) == (lift.public_id, "delivered", False)
    assert (first["alarm_at"], first["held"]) == ("2030-07-01T19:00:00Z", False)
    (text,) = second["texts"]
    assert (text["id"], text["state"], text["edition"]) == (edition.version.text.public_id, "in_review", 1)
    assert text["next"].startswith("A press approver other than the writer reviews it")
    assert text["behind"] == [{"version": french.public_id, "language": "fr", "state": "draft"}]
    assert (third["held"], third["hold_reason"], third["held_by_name"]) == (True, "wait", str(held.held_by))


def test_what_is_late_or_failed_stands_in_the_run_of_every_day(
    here: Summit, officer: Program, approver: Program
) -> None:
    make_text(summit=here, moment=ago(1), held=True, title="Held too long")
    alone = make_text(summit=here, moment=ago(3), title="Alone", emergency_reason="Nobody was there.")
    out = make_text(summit=here, moment=ago(3), title="Not told")
    failed(here, out)
    make_text(summit=here, title="Some day")
    found = run(officer)
    assert [(each["title"], each["next"]) for each in found["timeless"]] == [
        ("Some day", "The press desk schedules it.")
    ]
    assert (found["unplaced"], run(officer, **DAY)["timeless"]) == (1, [])
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


def test_what_is_no_day_is_refused(officer: Program) -> None:
    for day in ("2030-13-01", "0001-01-01", "9999-12-31", "tomorrow"):
        refused = do(officer, "texts/run", {"day": day}, status=422)
        assert [each["pointer"] for each in refused["errors"]] == ["#/day"]
