"""The press desk's main job by programs: a statement is drafted, submitted, approved by somebody else, given a
moment, and out at that moment, not before. What the desk refuses is refused in its sentences."""

import pytest
from django.core.exceptions import ValidationError

from press.overview.api.editions import EditionViewSet, EmbargoViewSet
from press.overview.api.texts import TextViewSet, slot_errors_as_speech
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.state_machine import TABLE
from press.texts.models.texts import Text
from summit.api_base.actions import actions_of
from summit.summits.models import Summit
from tests.press.api.conftest import DESK, do, read, refused, soon
from tests.press.helpers import move_to_now
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


def test_every_decision_of_the_table_is_offered() -> None:
    actions = [each for kind in (EditionViewSet, EmbargoViewSet, TextViewSet) for each in actions_of(kind)]
    offered = {each.name.replace("-", "_"): each.permission for each in actions}
    assert {row.name: row.permission for row in TABLE}.items() <= offered.items()


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


def test_alone_in_an_emergency(officer: Program, approver: Program) -> None:
    text, edition = drafted(officer)
    alone = do(officer, f"editions/{edition}/approve-alone", {"reason": "The line is down."})
    assert (alone["state"], alone["emergency_reason"]) == ("approved", "The line is down.")
    assert read(officer, f"texts/{text['id']}/")["approved_alone"] is True
    done = do(approver, f"editions/{edition}/review-afterwards")
    assert done["afterwards_by"] == approver.user.public_id


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


def test_together_or_not_at_all(officer: Program) -> None:
    one, _edition = drafted(officer)
    other = do(officer, "texts", {**WORDS, "title": "On air"}, status=201)
    tied = do(officer, f"texts/{one['id']}/tie", {"text": other["id"]})
    assert tied["lift"] == other["lift"]
    assert do(officer, f"texts/{one['id']}/untie")["lift"] != other["lift"]


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


def test_a_language_is_added(officer: Program) -> None:
    text, _edition = drafted(officer)
    words = {"text": text["id"], "language": "fr", "title": "De l’eau", "body": "L’eau manque."}
    made = do(officer, "versions", words, status=201)
    assert (made["language"], made["authoritative"], made["edition"]) == ("fr", False, 1)
    assert "already" in refused(officer, "versions", words)


def test_many_are_approved_at_once(officer: Program, approver: Program) -> None:
    texts = [drafted(officer) for _number in range(2)]
    do(officer, f"editions/{texts[0][1]}/submit")
    told = do(approver, "texts/approve", {"texts": [text["id"] for text, _edition in texts]})
    assert told["approved"] == [texts[0][1]]
    skipped = {"edition": texts[1][1], "text": texts[1][0]["id"], "reason": "edition 1 is “draft”"}
    assert told["skipped"] == [skipped]
    assert "There is no object with this ID." in refused(
        approver, "texts/approve", {"texts": ["nothing"]}, status=422
    )


def test_many_are_submitted_and_given_one_moment(officer: Program) -> None:
    drafts = [drafted(officer) for _number in range(2)]
    keys = [text["id"] for text, _edition in drafts]
    do(officer, f"editions/{drafts[1][1]}/submit")
    told = do(officer, "texts/submit", {"texts": keys})
    assert (told["done"], [each["reason"] for each in told["skipped"]]) == (
        [drafts[0][1]],
        ["edition 1 is “in review”"],
    )
    told = do(officer, "texts/set-moment", {"texts": keys, "moment": "2040-01-01T10:00:00Z"})
    assert (sorted(told["done"]), told["skipped"]) == (sorted(edition for _text, edition in drafts), [])
    assert {str(moment) for moment in Text.objects.values_list("embargo__moment", flat=True)} == {
        "2040-01-01 10:00:00+00:00"
    }
    do(officer, "texts/set-moment", {"texts": keys, "moment": None})
    assert set(Text.objects.values_list("embargo__moment", flat=True)) == {None}


def test_the_domain_s_own_names_are_not_told() -> None:
    with pytest.raises(ValidationError) as raised, slot_errors_as_speech():
        raise ValidationError({"slot": "x", "kind": "y"})
    assert set(raised.value.error_dict) == {"speech", "kind"}
