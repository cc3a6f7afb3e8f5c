"""What the press desk's lists tell by the API, to whom, by what they are narrowed; nothing of it is public."""

from base64 import b64encode
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet

from press.delivery_check.models import PassageCheck
from press.overview.api import editions as editions_api
from press.overview.api.texts import slot_errors_as_speech
from press.subscriptions.models import Announcement
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextKind
from press.texts.services import locks
from summit.api_base.viewsets import DeskViewSet
from summit.audit.access_log import seen_of
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.factories import MessageFactory
from tests.press.api.conftest import DESK, do, read, refused, soon
from tests.press.helpers import add_edition, add_language, ago, make_delivered, make_text, move_to_now
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db


def full_text(summit: Summit, **given: Any) -> Text:
    """Make a text with one of everything that lists show."""
    edition = make_text(summit=summit, speech=True, state="in_review", **given)
    text = edition.version.text
    add_language(text, "fr", state="draft")
    EditionAttachment.objects.create(edition=edition, attachment=f.AttachmentFactory(text=text))
    text.topics.add(f.TopicFactory(summit=summit))
    text.people.add(text.slot.speaker)
    PassageCheck.objects.create(edition=edition, anchor="p-1", kind="accept", by=edition.author)
    Announcement.objects.create(edition=edition)
    f.SubscriberFactory(summit=summit)
    return text


@pytest.mark.slow("narrows each list in each way")
def test_lists_are_narrowed(here: Summit, officer: Program) -> None:
    speech = full_text(here, title="On rivers", slug="a")
    early = make_text(summit=here, moment=ago(-1), title="On lakes", slug="b").version.text
    late = make_text(summit=here, moment=ago(-9), title="On seas", slug="c", state="draft").version.text
    Text.objects.filter(pk=late.pk).update(kind=TextKind.NOTICE)
    names = {speech.public_id: "speech", early.public_id: "early", late.public_id: "late"}
    stamp = ago(-5).isoformat().replace("+", "%2B")
    for query, wanted in (
        ("order=-slug", ["late", "early", "speech"]),
        ("state=under_embargo", ["early"]),
        ("state=in_review", ["speech"]),
        ("kind=notice", ["late"]),
        ("language=fr", ["speech"]),
        (f"topic={speech.topics.get().public_id}", ["speech"]),
        (f"speaker={speech.slot.speaker.public_id}", ["speech"]),
        (f"lift={late.embargo.public_id}", ["late"]),
        (f"moment_from={stamp}", ["late"]),
        (f"moment_until={stamp}", ["early"]),
        ("q=LAKES", ["early"]),
        ("changed_since=2100-01-01T00:00:00Z", []),
        ("changed_since=2020-01-01T00:00:00Z&order=moment", ["early", "late", "speech"]),
    ):
        assert [names[each["id"]] for each in read(officer, f"texts/?{query}")] == wanted, query
    assert officer.get(f"{DESK}/texts/?title=x").status_code == 400
    for query, number in (
        (f"versions/?text={speech.public_id}&authoritative=true&state=in_review", 1),
        (f"editions/?version={speech.versions.get(language='en').public_id}&stands=in_review", 1),
        ("editions/?state=draft&language=fr&changed_since=2020-01-01T00:00:00Z", 1),
        (f"lifts/?text={speech.public_id}&held=false&tied=false&published=false", 1),
        (f"markings/?text={speech.public_id}&taken_back=false&kind=accept", 1),
        (f"attachments/?text={speech.public_id}", 1),
        (f"topics/?text={late.public_id}", 0),
        ("subscribers/?confirmed=true&ended=false", 1),
        (f"announcements/?text={speech.public_id}&since=2020-01-01T00:00:00Z", 1),
    ):
        assert len(read(officer, query)) == number, query


def test_a_speech_is_marked_and_made_as_delivered(here: Summit, officer: Program) -> None:
    edition = make_text(summit=here, speech=True, body="# Water\n\nOne.\n\nTwo.")
    [found] = read(officer, "editions/")
    assert [(each["anchor"], each["body"]) for each in found["passages"]] == [
        ("", "# Water"), ("p-1", "One."), ("p-2", "Two.")
    ]  # fmt: skip
    mark = {"edition": found["id"], "anchor": "p-1", "kind": "change", "words": "Only one.", "seen": "0"}
    assert do(officer, "markings", mark, status=201)["by"] == officer.user.public_id
    other = program(f.UserFactory.with_role(Role.PRESS_OFFICER, here))
    said = refused(other, "markings", {**mark, "words": "None."})
    assert "has already recorded “changed” for this passage" in said
    strike = do(officer, "markings", {"edition": found["id"], "anchor": "p-2", "kind": "strike"}, status=201)
    assert do(officer, f"markings/{strike['id']}/undo")["taken_back"] is True
    made = do(officer, f"editions/{found['id']}/make-delivered")
    delivered = read(officer, f"texts/{made['text']}/")
    assert (delivered["wording"], delivered["state"]) == ("delivered", "draft")
    assert delivered["prepared"] == edition.version.text.public_id
    [words] = read(officer, f"editions/?text={made['text']}")
    assert words["body"] == "# Water\n\nOnly one.\n\nTwo.\n"


def test_a_file_is_kept_and_lies_beside_an_edition(here: Summit, officer: Program, approver: Program) -> None:
    version = make_text(summit=here, state="draft").version
    content = b64encode(b"%PDF-1.7 annex").decode()
    sent = {"text": version.text.public_id, "language": "en", "name": "annex.pdf", "content": content}
    kept = do(officer, "attachments", sent, status=201)
    assert (kept["title"], kept["content_type"], kept["size"]) == ("annex", "application/pdf", 14)
    assert do(officer, "attachments", sent, status=201)["id"] == kept["id"]
    for wrong in ("%%%", b64encode(b"plain words").decode(), ""):
        assert "#/content" in refused(officer, "attachments", {**sent, "content": wrong}, status=422)
    assert read(approver, f"attachments/{kept['id']}/content/") == {
        "file_name": "annex.pdf", "content_type": "application/pdf", "content": content
    }  # fmt: skip
    words = {"version": version.public_id, "based_on": 1, "title": "T", "body": "W.", "attachments": [kept["id"]]}
    assert do(officer, "editions", words, status=201)["attachments"] == [kept["id"]]


def test_who_saw_mailboxes_is_noted(here: Summit, officer: Program) -> None:
    reader = f.SubscriberFactory(summit=here)
    assert "address" not in read(officer, "subscribers/?fields=language,id")[0]
    assert not seen_of(reader).exists()
    assert read(officer, "subscribers/")[0]["address"] == reader.address
    entry = seen_of(reader).get()
    assert (entry.by, entry.fields, entry.detail["keys"]) == (officer.user, ["address"], [reader.public_id])


def test_a_decision_may_say_what_was_read(here: Summit, officer: Program) -> None:
    edition = make_text(summit=here, state="draft", author=officer.user)
    path = f"editions/{edition.public_id}"
    etag = officer.get(f"{DESK}/{path}/")["ETag"]
    do(officer, f"{path}/submit", If_Match=etag)
    assert officer.post(f"{DESK}/{path}/submit/", {}, If_Match=etag).status_code == 412


def test_what_was_read_is_compared_under_the_embargo_s_lock(
    here: Summit, officer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A row's own lock before the embargo's would be waited for by whoever holds the embargo's and writes the row.
    edition = make_text(summit=here, state="draft", author=officer.user)
    text, taken = edition.version.text, list[str]()
    real = QuerySet.select_for_update

    def noted(rows: Any, *args: Any, **kwargs: Any) -> Any:
        taken.append(rows.model.__name__)
        return real(rows, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", noted)
    path = f"{DESK}/texts/{text.public_id}/"
    etag = officer.get(path)["ETag"]
    assert officer.patch(path, {"contact": "x"}, If_Match=etag).status_code == 200
    assert taken[0] == "Embargo"
    assert "Text" not in taken
    taken.clear()
    # The control: as rows are locked that have no lock of their own.
    monkeypatch.setattr("press.overview.api.texts.TextViewSet.lock", DeskViewSet.lock)
    officer.patch(path, {"contact": "y"}, If_Match=officer.get(path)["ETag"])
    assert taken[0] == "Text"
    assert locks.lock_embargo_if_exists(text.embargo_id) is True
    assert locks.lock_embargo_if_exists(0) is False


def test_a_moment_that_is_no_more_is_told(here: Summit, officer: Program) -> None:
    lift = make_text(summit=here).version.text.embargo
    Text.objects.all().update(embargo=make_text(summit=here).version.text.embargo)
    lift.delete()
    assert officer.post(f"{DESK}/lifts/{lift.public_id}/hold/", {"reason": "x"}).status_code == 404
    with pytest.raises(DecisionRefused, match="Someone else has just changed what is published together"):
        locks.lock_embargo(0)


def test_two_editions_are_compared_in_their_order(here: Summit, officer: Program) -> None:
    first = make_text(summit=here, body="Ships are late.\n\nWhales sing.", title="Of ships", speech=True)
    second = add_edition(first.version, body="Ships are slow.\n\nWhales sing.", title="Of ships")
    # Prepared words are compared with what was delivered.
    said = make_delivered(first, body="Ships are late.")
    for one, other, pairs in ((first, second, 2), (second, first, 2), (said, first, 2)):
        found = do(officer, f"editions/{one.public_id}/compare", {"other": other.public_id})
        newer = said if one == said else second
        assert (found["old"], found["new"], len(found["bodies"])) == (first.public_id, newer.public_id, pairs)
    stranger = make_text(summit=here)
    why = refused(officer, f"editions/{first.public_id}/compare", {"other": stranger.public_id})
    assert why.startswith("These two can’t be compared.")


def test_words_are_shown_or_read_from_a_file_before_they_are_saved(
    officer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = do(officer, "editions/preview", {"title": "A", "body": "# Of *ships*\n\n<script>x</script> Sail."})
    assert ("<em>ships</em>" in found["html"], "<script" in found["html"]) == (True, False)
    assert (found["minutes"], found["problems"]) == (1, [])
    bad = do(officer, "editions/preview", {"title": "…", "body": ""})
    assert {each["field"] for each in bad["problems"]} == {"title", "body"}
    content = b"# Of ships\n\n![A whale](whale.png) They sail.\n"
    sent = {"file_name": "ships.md", "content": b64encode(content).decode()}
    found = do(officer, "editions/read-file", sent)
    assert (found["title"], "They sail." in found["body"]) == ("Of ships", True)
    assert [note["kind"] for note in found["notes"] if note["dropped"]] == ["image"]
    # What only reads holds up nobody: on SQLite a transaction has the lock for writing from its beginning.
    within, parse = [len(connection.savepoint_ids)], editions_api.parse_file
    monkeypatch.setattr(
        editions_api, "parse_file", lambda values: (within.append(len(connection.savepoint_ids)), parse(values))[1]
    )
    assert do(officer, "editions/read-file", sent) == found
    assert within[0] == within[1]
    wrong = {**sent, "content": b64encode(b"%PDF-1.7").decode()}
    assert "This is a PDF." in refused(officer, "editions/read-file", wrong, status=422)
    assert (Edition.objects.exists(), AuditEntry.objects.filter(action__startswith="press.").exists()) == (
        False,
        False,
    )


WORDS = {"kind": "statement", "language": "en", "title": "On water", "body": "Water is short."}
PUBLIC = "summits/here/texts/"


def drafted(officer: Program) -> tuple[dict[str, str], str]:
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
