"""A day's run by the API: the same as stands on the press desk's page, for whoever sees the texts."""

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
from tests.press.test_run import session_at
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
DAY = {"day": "2030-07-01"}
NOT_GIVEN = "Ask at the venue whether the speech has been given, and say so here. Nothing goes out by itself."


def at(hour: int, minute: int = 0) -> datetime:
    """A time of a July day of 2030 in London, an hour ahead of UTC."""
    return datetime(2030, 7, 1, hour - 1, minute, tzinfo=UTC)


def waits(summit: Summit, **more: Any) -> Lift:
    return make_lift(summit, None, mode=LiftMode.DELIVERED, **more)


def run(asks: Program, **values: str) -> dict[str, Any]:
    return do(asks, "texts/run", values)


def titles(groups: Any) -> list[tuple[str, str, list[str]]]:
    return [(each["at"], each["by"], [text["title"] for text in each["texts"]]) for each in groups]


def test_what_goes_out_stands_in_its_order_by_what_says_so(here: Summit, officer: Program) -> None:
    session = session_at(here, at(10))
    speech = make_text(summit=here, lift=waits(here, fallback_at=at(20)), title="Speech").version.text
    speech.slot = SlotFactory(session=session, position=1, minutes=20)
    speech.save()
    make_text(summit=here, moment=at(10, 20), title="At a moment")
    make_text(summit=here, lift=waits(here, fallback_at=at(12)), title="By its alarm")
    make_text(moment=at(10), title="Another summit’s")
    make_text(summit=here, moment=at(11), withdrawn_at=ago(1), title="Withdrawn")
    session.cancelled_at = db_now()
    session.save()
    found = run(officer, **DAY)
    assert (found["day"], titles(found["groups"])) == (
        "2030-07-01",
        [
            ("2030-07-01T09:10:00Z", "plan", ["Speech"]),
            ("2030-07-01T09:20:00Z", "moment", ["At a moment"]),
            ("2030-07-01T11:00:00Z", "alarm", ["By its alarm"]),
        ],
    )
    assert [each["cancelled"] for each in found["groups"]] == [True, False, False]
    first = found["groups"][0]
    assert (first["lift"], first["mode"], first["tied"]) == (speech.lift.public_id, "delivered", False)
    assert (first["alarm_at"], first["held"]) == ("2030-07-01T19:00:00Z", False)
    assert (first["held_by"], first["held_by_name"]) == (None, "")
    assert run(officer, day="2030-07-02")["groups"] == []


def test_each_text_says_where_it_stands_and_who_is_next(here: Summit, officer: Program) -> None:
    writer = UserFactory(name="Mia Officer")
    edition = make_text(summit=here, moment=at(10), state="in_review", title="Not ready", author=writer)
    french = TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
    add_edition(french, state="draft")
    kept = make_text(summit=here, moment=at(11), held=True, title="Is held").version.text.lift
    ready, held = run(officer, **DAY)["groups"]
    (text,) = ready["texts"]
    assert {name: text[name] for name in ("id", "language", "state", "edition", "author", "author_name", "next")} == {
        "id": edition.version.text.public_id,
        "language": "en",
        "state": "in_review",
        "edition": 1,
        "author": writer.public_id,
        "author_name": "Mia Officer",
        "next": "A press approver other than the writer reads it, and approves it or asks for changes.",
    }
    assert text["behind"] == [{"version": french.public_id, "language": "fr", "state": "draft"}]
    assert (held["held"], held["hold_reason"], held["held_by_name"]) == (True, "wait", str(kept.held_by))
    assert (held["texts"][0]["state"], held["texts"][0]["next"]) == (
        "held",
        "Somebody at the press desk releases the hold.",
    )


def failed(summit: Summit, edition: Any, number: int) -> None:
    for each in range(number):
        about = {"kind": "publication", "subject_key": f"press.edition:{edition.public_id}"}
        address = f"{each}@paper.example"
        MessageFactory(summit=summit, state="failed", problem="550", address=address, **about)


def test_what_is_late_or_failed_stands_in_the_run_of_every_day(
    here: Summit, officer: Program, approver: Program
) -> None:
    make_text(summit=here, moment=ago(1), held=True, title="Held too long")
    make_text(summit=here, moment=ago(2), state="draft", title="Not approved")
    make_text(summit=here, lift=waits(here, fallback_at=ago(3)), title="Not given")
    alone = make_text(summit=here, moment=ago(3), title="Alone", emergency_reason="Nobody was there.")
    out = make_text(summit=here, moment=ago(3), title="Not told")
    failed(here, out, 2)
    MessageFactory(summit=here, kind="publication", state="sent", sent_at=db_now(), subject_key="press.edition:x")
    found = run(officer, **DAY)
    assert [(each["title"], each["held"], each["late"]) for each in found["overdue"]] == [
        (
            "Not given",
            False,
            "Ask at the venue whether the speech has been given, and say so here. Nothing goes out by itself.",
        ),
        ("Not approved", False, "Submit it, or set another moment."),
        ("Held too long", True, "Release the hold, or withdraw it."),
    ]
    (edition,) = found["unreviewed"]
    assert (edition["edition"], edition["title"], edition["reason"]) == (
        alone.public_id,
        "Alone",
        "Nobody was there.",
    )
    assert edition["decided_by_name"] == str(alone.decided_by)
    about = f"press.edition:{out.public_id}"
    assert found["unsent"] == [
        {
            "edition": out.public_id,
            "text": out.version.text.public_id,
            "language": "en",
            "title": "Not told",
            "number": 1,
            "mails": 2,
            "about": about,
        }
    ]
    assert len(officer.get(f"{DESK}/messages/?about={about}").json()["results"]) == 2
    # An approver sees no mails: how many failed is told, and not where they are.
    assert [(each["mails"], each["about"]) for each in run(approver, **DAY)["unsent"]] == [(2, None)]
    assert approver.get(f"{DESK}/messages/").status_code == 404


def test_what_stands_on_no_day_is_todays(here: Summit, officer: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        make_text(summit=here, moment=None, title=f"Some day {number}")
    today = db_now().astimezone(here.zone).date().isoformat()
    found = run(officer)
    # At midnight today is another day than it was a moment ago.
    assert found["day"] >= today
    assert [each["title"] for each in found["timeless"]] == ["Some day 2", "Some day 1", "Some day 0"]
    assert (found["unplaced"], found["timeless"][0]["next"]) == (3, "A press officer sets the moment.")
    monkeypatch.setattr("press.api.run.MOST", 2)
    fewer = run(officer)
    assert (len(fewer["timeless"]), fewer["unplaced"]) == (2, 3)
    other = run(officer, **DAY)
    assert (other["timeless"], other["unplaced"]) == ([], 0)


def test_it_is_read_by_whoever_sees_the_texts(here: Summit, officer: Program, approver: Program) -> None:
    make_text(summit=here, moment=at(10), state="draft", title="Secret")
    missing = officer.post("summits/nowhere/desk/texts/run/", DAY)
    assert missing.status_code == 404
    elsewhere = UserFactory.with_role(Role.PRESS_OFFICER, SummitFactory())
    desks = [UserFactory.with_role(role, here) for role in (Role.PROGRAMME, Role.VIEWER, Role.PROTOCOL)]
    for user in (elsewhere, UserFactory(), *desks):
        refused = program(user).post(f"{DESK}/texts/run/", DAY)
        assert (refused.status_code, refused.content) == (404, missing.content)
    for asks in (officer, approver, program(UserFactory(is_superuser=True))):
        assert [each["texts"][0]["title"] for each in run(asks, **DAY)["groups"]] == ["Secret"]


@pytest.mark.parametrize("day", ["2030-13-01", "0001-01-01", "9999-12-31", "tomorrow"])
def test_what_is_no_day_is_refused(day: str, here: Summit, officer: Program) -> None:
    refused = do(officer, "texts/run", {"day": day}, status=422)
    assert [each["pointer"] for each in refused["errors"]] == ["#/day"]


def test_queries_do_not_grow(here: Summit, officer: Program) -> None:
    counts = []
    today = db_now().astimezone(here.zone).date()
    session = session_at(here, db_now())
    for more in (1, 4):
        for number in range(more):
            speech = make_text(summit=here, lift=waits(here), title="Speech").version.text
            speech.slot = SlotFactory(session=session, position=number + 10 * more, minutes=1)
            speech.save()
            edition = make_text(summit=here, moment=db_now() + HOUR / 60, held=True, emergency_reason="Alone.")
            add_edition(TextVersionFactory(text=edition.version.text, language="fr", authoritative=False))
            make_text(summit=here, moment=ago(1), state="draft")
            make_text(summit=here, moment=None)
            failed(here, make_text(summit=here, moment=ago(2)), 1)
        run(officer, day=today.isoformat())
        with CaptureQueriesContext(connection) as queries:
            found = run(officer, day=today.isoformat())
        sizes = [len(found[name]) for name in ("overdue", "unreviewed", "unsent", "timeless")]
        counts.append((len(queries), sizes))
    assert counts[0][0] == counts[1][0]
    assert [sizes for _number, sizes in counts] == [[1, 1, 1, 1], [5, 5, 5, 5]]
