"""What the press desk's lists tell by the API, to whom, by what they are narrowed; nothing of it is public."""

from base64 import b64encode
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

from press.admin.words import STANDINGS as WORDS
from press.api.told import STANDINGS
from press.domain import locks
from press.domain.problems import DecisionRefused
from press.models import Announcement, EditionAttachment, Marking, Text, TextKind, Topic
from summit.api.resources import Resource
from summit.domain.seen import seen_of
from summit.models import Role, Summit
from tests.factories import (
    AttachmentFactory,
    SubscriberFactory,
    SummitFactory,
    TextVersionFactory,
    TopicFactory,
    UserFactory,
)
from tests.press.api.conftest import DESK, do, read, refused
from tests.press.helpers import add_edition, ago, make_text
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
LISTS = (
    "texts", "versions", "editions", "lifts", "markings", "attachments", "topics", "subscribers", "announcements"
)  # fmt: skip


def fill(summit: Summit, number: int, **given: Any) -> list[Text]:
    """Make texts with one of everything that lists show."""
    found = []
    for _each in range(number):
        edition = make_text(summit=summit, speech=True, state="in_review", **given)
        text = edition.version.text
        add_edition(TextVersionFactory(text=text, language="fr", authoritative=False), state="draft")
        EditionAttachment.objects.create(edition=edition, attachment=AttachmentFactory(text=text))
        text.topics.add(TopicFactory(summit=summit))
        text.people.add(text.slot.speaker)
        Marking.objects.create(edition=edition, anchor="p-1", kind="accept", by=edition.author)
        Announcement.objects.create(edition=edition)
        SubscriberFactory(summit=summit)
        found.append(text)
    return found


def test_queries_do_not_grow(here: Summit, officer: Program) -> None:
    fill(here, 1)
    asked: list[dict[str, int]] = []
    for more in (0, 2):
        fill(here, more)
        counts = {}
        for name in LISTS:
            officer.get(f"{DESK}/{name}/")
            with CaptureQueriesContext(connection) as queries:
                rows = read(officer, f"{name}/")
            counts[name] = len(queries)
            assert len(rows) == (1 + more) * (2 if name in ("versions", "editions") else 1), name
        asked.append(counts)
    assert asked[0] == asked[1]
    assert max(asked[0].values()) <= 9, asked[0]


def test_who_sees_drafts_is_the_desk_s_to_say(here: Summit, officer: Program) -> None:
    fill(here, 1)
    elsewhere = program(UserFactory.with_role(Role.PRESS_OFFICER, SummitFactory()))
    viewer = program(UserFactory.with_role(Role.VIEWER, here))
    for name in LISTS:
        assert [asks.get(f"{DESK}/{name}/").status_code for asks in (elsewhere, viewer)] == [404, 404], name
    assert Client().get(f"/api/v1/{DESK}/texts/").status_code == 401
    approver = program(UserFactory.with_role(Role.PRESS_APPROVER, here))
    # Addresses are for whoever sees them at the desk.
    assert [approver.get(f"{DESK}/{name}/").status_code for name in ("editions", "subscribers")] == [200, 404]
    narrow = program(officer.user, ["texts:read"])
    assert [narrow.get(f"{DESK}/{name}/").status_code for name in ("texts", "editions")] == [200, 403]
    assert narrow.post(f"{DESK}/texts/", {}).status_code == 403
    assert Client().get("/api/v1/summits/here/texts/").json()["results"] == []


def test_lists_are_narrowed(here: Summit, officer: Program) -> None:
    [speech] = fill(here, 1, title="On rivers", slug="a")
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
        (f"lift={late.lift.public_id}", ["late"]),
        (f"moment_from={stamp}", ["late"]),
        (f"moment_until={stamp}", ["early"]),
        ("q=LAKES", ["early"]),
        ("changed_since=2100-01-01T00:00:00Z", []),
        ("changed_since=2020-01-01T00:00:00Z&order=moment", ["early", "late", "speech"]),
    ):
        assert [names[each["id"]] for each in read(officer, f"texts/?{query}")] == wanted, query
    assert officer.get(f"{DESK}/texts/?title=x").status_code == 400
    version = speech.versions.get(language="en")
    for query, number in (
        (f"versions/?text={speech.public_id}&authoritative=true", 1),
        ("versions/?state=in_review", 1),
        (f"editions/?version={version.public_id}&stands=in_review", 1),
        ("editions/?state=draft&language=fr&changed_since=2020-01-01T00:00:00Z", 1),
        (f"lifts/?text={speech.public_id}&held=false&tied=false&published=false", 1),
        ("lifts/?held=true", 0),
        (f"markings/?text={speech.public_id}&taken_back=false&kind=accept", 1),
        (f"attachments/?text={speech.public_id}", 1),
        (f"topics/?text={late.public_id}", 0),
        ("subscribers/?confirmed=true&ended=false", 1),
        (f"announcements/?text={speech.public_id}&since=2020-01-01T00:00:00Z", 1),
    ):
        assert len(read(officer, query)) == number, query


def test_every_standing_has_a_word() -> None:
    # Two are the desk's alone: an older edition's, and what waits for its speech is "unscheduled" to the predicate.
    assert set(STANDINGS) == WORDS.keys() - {"replaced", "undelivered"}


def test_a_speech_is_marked_and_made_as_delivered(here: Summit, officer: Program, approver: Program) -> None:
    edition = make_text(summit=here, speech=True, body="# Water\n\nOne.\n\nTwo.")
    [found] = read(officer, "editions/")
    assert [(each["anchor"], each["body"]) for each in found["passages"]] == [
        ("", "# Water"), ("p-1", "One."), ("p-2", "Two.")
    ]  # fmt: skip
    mark = {"edition": found["id"], "anchor": "p-1", "kind": "change", "words": "Only one.", "seen": "0"}
    assert do(officer, "markings", mark, status=201)["by"] == officer.user.public_id
    other = program(UserFactory.with_role(Role.PRESS_OFFICER, here))
    said = refused(other, "markings", {**mark, "words": "None."})
    assert "has marked this passage meanwhile: “other words”" in said
    strike = do(officer, "markings", {"edition": found["id"], "anchor": "p-2", "kind": "strike"}, status=201)
    assert "press officer" in refused(approver, f"markings/{strike['id']}/undo", status=403)
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
    assert "press officer" in refused(approver, "attachments", sent, status=403)
    assert read(approver, f"attachments/{kept['id']}/content/") == {
        "file_name": "annex.pdf", "content_type": "application/pdf", "content": content
    }  # fmt: skip
    stranger = program(UserFactory.with_role(Role.PROGRAMME, here))
    assert stranger.get(f"{DESK}/attachments/{kept['id']}/content/").status_code == 404
    words = {"version": version.public_id, "based_on": 1, "title": "T", "body": "W.", "attachments": [kept["id"]]}
    assert do(officer, "editions", words, status=201)["attachments"] == [kept["id"]]


def test_topics(here: Summit, officer: Program, approver: Program) -> None:
    made = do(officer, "topics", {"name": "Water", "names": {"fr": "Eau"}}, status=201)
    path = f"{DESK}/topics/{made['id']}/"
    etag = officer.get(path)["ETag"]
    assert approver.patch(path, {"name": "Seas"}, If_Match=etag).status_code == 403
    changed = officer.patch(path, {"names": {"fr": "Mers"}}, If_Match=etag)
    assert changed.json() == {"id": made["id"], "name": "Water", "names": {"fr": "Mers"}, "texts": 0}
    assert "#/names" in refused(officer, "topics", {"name": "x", "names": {"en": "y"}}, status=422)
    text = make_text(summit=here).version.text
    text.topics.add(made_topic := Topic.objects.get())
    assert "Texts have this topic" in officer.delete(path, If_Match=officer.get(path)["ETag"]).json()["detail"]
    made_topic.texts.clear()
    assert officer.delete(path, If_Match=officer.get(path)["ETag"]).status_code == 204


def test_who_saw_mailboxes_is_noted(here: Summit, officer: Program) -> None:
    reader = SubscriberFactory(summit=here)
    assert "address" not in read(officer, "subscribers/?fields=language,id")[0]
    assert not seen_of(reader).exists()
    assert read(officer, "subscribers/")[0]["address"] == reader.address
    entry = seen_of(reader).get()
    assert (entry.by, entry.fields, entry.detail["keys"]) == (officer.user, ["address"], [reader.public_id])
    assert "nonce" not in read(officer, f"subscribers/{reader.public_id}/")


def test_a_decision_may_say_what_was_read(here: Summit, officer: Program) -> None:
    edition = make_text(summit=here, state="draft", author=officer.user)
    path = f"editions/{edition.public_id}"
    etag = officer.get(f"{DESK}/{path}/")["ETag"]
    do(officer, f"{path}/submit", If_Match=etag)
    assert officer.post(f"{DESK}/{path}/submit/", {}, If_Match=etag).status_code == 412
    lift = f"lifts/{edition.version.text.lift.public_id}"
    read_at = officer.get(f"{DESK}/{lift}/")["ETag"]
    do(officer, f"{lift}/hold", {"reason": "Wait."}, If_Match=read_at)
    assert officer.post(f"{DESK}/{lift}/hold/", {"reason": "Wait."}, If_Match=read_at).status_code == 412


def test_what_was_read_is_compared_under_the_lift_s_lock(
    here: Summit, officer: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A row's own lock before the lift's would be waited for by whoever holds the lift's and writes the row.
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
    assert taken[0] == "Lift"
    assert "Text" not in taken
    taken.clear()
    # The control: as rows are locked that have no lock of their own.
    monkeypatch.setattr("press.api.texts.Texts.lock", Resource.lock)
    officer.patch(path, {"contact": "y"}, If_Match=officer.get(path)["ETag"])
    assert taken[0] == "Text"
    assert locks.held_lift(text.lift_id) is True
    assert locks.held_lift(0) is False


def test_a_moment_that_is_no_more_is_told(here: Summit, officer: Program) -> None:
    lift = make_text(summit=here).version.text.lift
    Text.objects.all().update(lift=make_text(summit=here).version.text.lift)
    lift.delete()
    assert officer.post(f"{DESK}/lifts/{lift.public_id}/hold/", {"reason": "x"}).status_code == 404
    with pytest.raises(DecisionRefused, match="Somebody else tied these texts meanwhile"):
        locks.lock_lift(0)
