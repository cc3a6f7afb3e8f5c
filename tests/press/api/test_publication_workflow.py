"""The press desk's main job by programs: a statement is drafted, submitted, approved by somebody else, given a
moment, and out at that moment, not before. What the desk refuses is refused in its sentences."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from press.overview.api.texts import slot_errors_as_speech
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from summit.summits.models import Summit
from tests.factories import MessageFactory
from tests.press.api.conftest import DESK, do, read, refused, soon
from tests.press.helpers import ago, make_text, move_to_now
from tests.summit.api.conftest import Program

pytestmark = pytest.mark.django_db

WORDS = {"kind": "statement", "language": "en", "title": "On water", "body": "Water is short."}
PUBLIC = "summits/here/texts/"


def drafted(officer: Program) -> tuple[dict[str, str], str]:
    """Draft a statement; return the text and its edition's id."""
    text = do(officer, "texts", WORDS, status=201)
    [edition] = read(officer, f"editions/?text={text['id']}")
    return text, edition["id"]


def titles(asks: Program) -> list[str]:
    return [each["title"] for each in asks.get(PUBLIC).json()["results"]]


def test_from_draft_to_out(officer: Program, approver: Program) -> None:
    text, edition = drafted(officer)
    assert (text["state"], text["edition"], text["moment"], text["slug"]) == ("draft", 1, None, "on-water")
    assert do(officer, f"editions/{edition}/submit")["state"] == "in_review"
    done = do(approver, f"editions/{edition}/approve", {"note": "Good."})
    assert (done["state"], done["stands"], done["decision_note"]) == ("approved", "unscheduled", "Good.")
    assert done["decided_by"] == approver.user.public_id
    lift = do(officer, f"lifts/{text['lift']}/set-moment", {"moment": soon()})
    assert (lift["mode"], lift["published"], lift["texts"]) == ("moment", False, [text["id"]])
    assert (read(officer, f"texts/{text['id']}/")["state"], titles(officer)) == ("under_embargo", [])
    move_to_now(Embargo.objects.get())
    assert titles(officer) == ["On water"]
    found = read(officer, f"texts/{text['id']}/")
    assert (found["state"], found["public_edition"]) == ("published", 1)
    gone = do(officer, f"texts/{text['id']}/withdraw", {"reason": "It was wrong."})
    assert (gone["state"], gone["withdrawal_reason"]) == ("withdrawn", "It was wrong.")
    assert do(approver, f"texts/{text['id']}/remove", {"reason": "It named somebody."})["state"] == "removed"
    assert titles(officer) == []


def test_another_edition_loses_nobody_s_words(officer: Program, approver: Program) -> None:
    text, edition = drafted(officer)
    version = text["versions"][0]
    words = {"version": version, "title": "On water", "body": "Water is scarce.", "based_on": 1}
    second = do(officer, "editions", words, status=201)
    assert "Roles that can do this: press approver." in refused(officer, f"editions/{edition}/approve", status=403)
    assert (second["number"], second["state"], second["author_name"]) == (2, "draft", "Oona")
    # Sent again it is the same; other words that start from the first are not saved over it.
    assert do(officer, "editions", words, status=201)["id"] == second["id"]
    said = refused(officer, "editions", {**words, "body": "Water is plenty."})
    assert said == "Oona has saved edition 2 since you started. Compare it with yours, then save again."
    do(officer, f"editions/{second['id']}/submit")
    back = do(approver, f"editions/{second['id']}/ask-changes", {"note": "Say how scarce."})
    assert (back["state"], back["decision_note"]) == ("changes_asked", "Say how scarce.")
    assert Edition.objects.count() == 2


def test_alone_together_and_in_another_language(officer: Program, approver: Program) -> None:
    text, edition = drafted(officer)
    alone = do(officer, f"editions/{edition}/approve-alone", {"reason": "The line is down."})
    assert (alone["state"], alone["emergency_reason"]) == ("approved", "The line is down.")
    assert read(officer, f"texts/{text['id']}/")["approved_alone"] is True
    assert do(approver, f"editions/{edition}/review-afterwards")["afterwards_by"] == approver.user.public_id
    other = do(officer, "texts", {**WORDS, "title": "On air"}, status=201)
    assert do(officer, f"texts/{text['id']}/tie", {"text": other["id"]})["lift"] == other["lift"]
    assert do(officer, f"texts/{text['id']}/untie")["lift"] != other["lift"]
    words = {"text": text["id"], "language": "fr", "title": "De l’eau", "body": "L’eau manque."}
    made = do(officer, "versions", words, status=201)
    assert (made["language"], made["authoritative"], made["edition"]) == ("fr", False, 1)
    assert "already" in refused(officer, "versions", words)


def test_moments_and_holds(officer: Program, approver: Program) -> None:
    text, _edition = drafted(officer)
    lift = f"lifts/{text['lift']}"
    for given in ({}, {"moment": "0001-01-01T00:00:00Z"}):
        assert "#/moment" in refused(officer, f"{lift}/set-moment", given, status=422)
    assert do(officer, f"{lift}/set-moment", {"moment": None})["moment"] is None
    assert do(officer, f"{lift}/wait-for-delivery", {"alarm_at": soon()})["mode"] == "delivered"
    assert do(officer, f"{lift}/deliver")["moment"] is not None
    assert do(officer, f"{lift}/release-now")["mode"] == "moment"
    held = do(approver, f"{lift}/hold", {"reason": "Wait for the host."})
    assert (held["hold_reason"], held["held_by"]) == ("Wait for the host.", approver.user.public_id)
    assert read(officer, "texts/?q=water")[0]["held"] is True
    assert do(officer, f"{lift}/unhold")["held_at"] is None


def test_what_a_text_is_about(here: Summit, officer: Program) -> None:
    text, _edition = drafted(officer)
    topic = do(officer, "topics", {"name": "Water", "names": {"fr": "Eau"}}, status=201)
    path = f"{DESK}/texts/{text['id']}/"
    etag = officer.get(path)["ETag"]
    changed = officer.patch(path, {"topics": [topic["id"]], "contact": "press@here.example"}, If_Match=etag)
    assert (changed.status_code, changed.json()["topics"]) == (200, [topic["id"]])
    kept = officer.patch(path, {"contact": "desk@here.example"}, If_Match=changed["ETag"])
    assert (kept.json()["topics"], kept.json()["contact"]) == ([topic["id"]], "desk@here.example")
    wrong = officer.patch(path, {"gather_place": "Gate"}, If_Match=kept["ETag"])
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/gather_place")
    assert "#/slug" in refused(officer, "texts", {**WORDS, "slug": text["slug"]}, status=422)


def test_many_go_their_way_at_once(officer: Program, approver: Program) -> None:
    drafts = [drafted(officer) for _number in range(2)]
    (first, one), (second, two) = drafts
    keys = {"texts": [first["id"], second["id"]]}
    do(officer, f"editions/{two}/submit")
    told = do(approver, "texts/approve", keys)
    skipped = {"edition": one, "text": first["id"], "reason": "edition 1 is “draft”"}
    assert (told["approved"], told["skipped"]) == ([two], [skipped])
    told = do(officer, "texts/submit", keys)
    assert (told["done"], [each["reason"] for each in told["skipped"]]) == ([one], ["edition 1 is “approved”"])
    told = do(officer, "texts/set-moment", keys | {"moment": "2040-01-01T10:00:00Z"})
    assert (sorted(told["done"]), told["skipped"]) == (sorted([one, two]), [])
    assert {str(row.moment) for row in Embargo.objects.all()} == {"2040-01-01 10:00:00+00:00"}
    do(officer, "texts/set-moment", keys | {"moment": None})
    assert set(Embargo.objects.values_list("moment", flat=True)) == {None}
    assert "There is no object with this ID." in refused(
        approver, "texts/approve", {"texts": ["nothing"]}, status=422
    )


def test_the_domain_s_own_names_are_not_told() -> None:
    with pytest.raises(ValidationError) as raised, slot_errors_as_speech():
        raise ValidationError({"slot": "x", "kind": "y"})
    assert set(raised.value.error_dict) == {"speech", "kind"}


DAY = {"day": "2030-07-01"}


def run(asks: Program, **values: str) -> dict[str, Any]:
    return do(asks, "texts/run", values)


def failed(summit: Summit, edition: Any) -> None:
    about = {"kind": "publication", "subject_key": f"press.edition:{edition.public_id}"}
    MessageFactory(summit=summit, state="failed", problem="550", **about)


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
