"""What the press desk's lists tell by the API, to whom, by what they are narrowed; nothing of it is public."""

from base64 import b64encode
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from press.delivery_check.models import PassageCheck
from press.overview.api import editions as editions_api
from press.subscriptions.models import Announcement
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.texts import Text, TextKind
from press.texts.services import locks
from summit.api_base.viewsets import DeskViewSet
from summit.audit.access_log import seen_of
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.press.api.conftest import DESK, do, read, refused
from tests.press.helpers import add_edition, add_language, ago, make_delivered, make_text
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
