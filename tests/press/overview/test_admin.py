"""The press desk's pages: what is entered, decided and refused there, and by whom."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from press.embargoes.admin.schedule_form import local_moment
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo, EmbargoMode
from press.texts.models.texts import Text, TextKind, Wording
from press.texts.models.topics import Topic
from press.texts.models.visibility import public_editions
from press.texts.services import texts, topics
from sessions.draft.models.sessions import Session
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import TopicFactory
from tests.press import helpers as h
from tests.press.imports.docx_files import docx, par, run

pytestmark = pytest.mark.django_db

LIST = "/admin/press/text/"


def page(edition: Edition) -> str:
    return f"{LIST}{edition.version.text_id}/"


def editor(edition: Edition) -> str:
    return f"{page(edition)}change/"


def decide(client: Client, edition: Edition, name: str, **values: Any) -> Any:
    path = f"{LIST}{edition.version.text_id}/decide/{name}/"
    return client.post(path, {"version": edition.version.language, "number": edition.number, **values})


def said(response: Any) -> str:
    """Return the last message, whether its page was opened or not."""
    return str(list(get_messages(response.wsgi_request))[-1])


def page_of(client: Client, edition: Edition) -> str:
    return client.get(page(edition)).content.decode()


def words(based_on: int, **values: str) -> dict[str, Any]:
    return {"title": "T", "summary": "", "body": "Body.", "change_note": "", "based_on": based_on} | values


def test_a_text_goes_its_way_through_the_desk(summit: Summit) -> None:
    writer, reader = signed_in(h.officer(summit)), signed_in(h.approver(summit))
    slot = h.make_slot(summit)
    values = {"kind": TextKind.TRANSCRIPT, "wording": Wording.PREPARED, "language": "en", "slot": slot.pk}
    answer = writer.post(f"{LIST}add/?summit={summit.slug}", values | {"title": "Opening address", "body": "One."})
    text = Text.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}{text.pk}/")
    answer = writer.post(editor(Edition.objects.get()), words(1, title="Opening address", body="Two."))
    assert said(answer) == "Edition 2 saved as a draft."
    second = Edition.objects.get(number=2)
    assert said(decide(writer, second, "submit")) == "Submitted for review by a press approver."
    assert said(decide(reader, second, "approve")) == "Approved."
    assert said(decide(writer, second, "set_moment", when="soon")) == "Scheduled."
    moment = Embargo.objects.get().moment
    assert moment is not None
    assert 110 < (moment - db_now()).total_seconds() <= 120
    hidden = "Scheduled. It is public when an organiser opens the summit to everyone."
    for public, sentence in ((False, hidden), (True, "Published.")):
        Summit.objects.update(public=public)
        Embargo.objects.update(moment=moment)
        assert said(decide(writer, second, "set_moment", when="now")) == sentence
    assert public_editions().get() == second
    assert "Open public page" in page_of(writer, second)
    refused = said(decide(writer, second, "set_moment", when="soon"))
    assert refused == "This is already published. Put it on hold or withdraw the text instead."
    assert said(decide(reader, second, "withdraw", note="Wrong text.")).startswith("Withdrawn")
    assert "Wrong text." in page_of(reader, second)


def test_moment_is_entered_in_the_venues_zone() -> None:
    edition = h.make_text()
    client = signed_in(h.officer(edition.version.text.summit))
    decide(client, edition, "set_moment", when="at", moment="2030-07-01T09:30")
    assert Embargo.objects.get().moment == datetime(2030, 7, 1, 8, 30, tzinfo=UTC)
    assert 'value="01/07/2030"' in page_of(client, edition)
    for typed, sentence in (
        ("tomorrow", "Enter a date and time, such as 2025-03-31 09:30."),
        ("2030-07-01T09:30:03", "Enter a time in steps of five seconds, such as 09:30:00 or 09:30:05."),
    ):
        assert said(decide(client, edition, "set_moment", when="at", moment=typed)) == sentence


def test_hours_that_the_clocks_skip_or_show_twice() -> None:
    zone = ZoneInfo("Europe/London")
    with pytest.raises(ValueError, match="This time doesn’t exist"):
        local_moment("2025-03-30T01:30", zone)
    assert local_moment("2025-10-26T01:30", zone) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)
    assert local_moment("2025-10-26T00:30", zone) == datetime(2025, 10, 25, 23, 30, tzinfo=UTC)


def test_words_are_saved_and_submitted_at_once(summit: Summit) -> None:
    client = signed_in(h.officer(summit))
    values = {"kind": TextKind.STATEMENT, "wording": Wording.NONE, "language": "en", "title": "T"}
    answer = client.post(f"{LIST}add/?summit={summit.slug}", values | {"body": "One.", "submit": "1"})
    edition = Edition.objects.get()
    assert (said(answer), edition.state) == ("Submitted for review by a press approver.", EditionState.IN_REVIEW)
    # Whoever submitted has not decided.
    assert '<td data-label="Decided by"></td>' in page_of(client, edition)
    assert client.post(editor(edition), words(1, body="Two.", submit="1")).status_code == 302
    assert Edition.objects.get(number=2).state == EditionState.IN_REVIEW


def test_an_approver_publishes_what_somebody_else_wrote(summit: Summit) -> None:
    edition = h.make_text(summit=summit, state=EditionState.IN_REVIEW)
    edition.author.roles.create(summit=summit, role=Role.PRESS_APPROVER)
    reader, writer = signed_in(h.approver(summit)), signed_in(edition.author)
    buttons = [">Approve and publish now</button>", ">Approve edition</button>", ">Approve edition alone</button>"]
    for client, shown in ((reader, [True, True, False]), (writer, [False, False, True])):
        content = page_of(client, edition)
        assert [label in content for label in buttons] == shown
    assert "You wrote this edition. Another press approver must approve it." in content
    refused = "You wrote edition 1. Another press approver must approve it."
    assert refused in said(decide(writer, edition, "approve", publish="1"))
    assert not public_editions().exists()
    assert said(decide(reader, edition, "approve", publish="1")) == "Approved and published."
    assert public_editions().get() == edition


def test_what_would_be_out_long_before_its_session_is_said_at_the_button(summit: Summit) -> None:
    edition = h.make_text(summit=summit, state=EditionState.IN_REVIEW, speech=True)
    session = Session.objects.filter(slots=edition.version.text.slot_id)
    warning = "If you publish now, the text is out before delivery."
    for hours, state, make, shown in (
        (48, "in_review", h.approver, True),
        (0.5, "in_review", h.approver, False),
        (48, "approved", h.officer, True),
    ):
        session.update(starts_at=db_now() + hours * h.HOUR, ends_at=db_now() + (hours + 1) * h.HOUR)
        decided = {"decided_by": h.approver(summit), "decided_at": h.ago(1)} if state == "approved" else {}
        Edition.objects.update(state=state, **decided)
        assert (warning in page_of(signed_in(make(summit)), edition)) is shown


BUTTONS = {
    "Edit text",
    "Submit for review",
    "Approve edition",
    "Request changes",
    "Schedule",
    "Hold text",
    "Release hold",
    "Withdraw text",
    "Mark speech as delivered and publish now",
}
IN_REVIEW, HELD, OUT = ({"state": "in_review"}, {"held": True}, {"moment": h.ago(1)})
WRITES = {"Edit text", "Withdraw text"}
SHOWN: list[tuple[Any, dict[str, Any], set[str]]] = [
    (h.officer, {"state": "draft"}, WRITES | {"Submit for review", "Schedule", "Hold text"}),
    (h.officer, HELD, WRITES | {"Schedule", "Release hold"}),
    (h.officer, OUT, WRITES | {"Hold text"}),
    (h.approver, IN_REVIEW, {"Approve edition", "Request changes", "Schedule", "Hold text", "Withdraw text"}),
    (h.organiser, IN_REVIEW, {"Hold text"}),
    (h.officer, OUT | {"withdrawn_at": h.ago(0.5)}, set()),
]


@pytest.mark.parametrize(("make", "values", "shown"), SHOWN)
def test_buttons_fit_the_role_and_the_state(make: Any, values: dict[str, Any], shown: set[str]) -> None:
    edition = h.make_text(**values)
    content = page_of(signed_in(make(edition.version.text.summit)), edition)
    assert {label for label in BUTTONS if re.search(f">{label}</(button|a)>", content)} == shown


def test_the_second_editor_sees_the_first_ones_words_and_loses_none() -> None:
    edition = h.make_text(state=EditionState.DRAFT)
    client = signed_in(h.officer(edition.version.text.summit))
    h.add_edition(edition.version, state=EditionState.DRAFT, body="Their words.")
    answer = client.post(editor(edition), words(1, body="My words."))
    content = answer.content.decode()
    assert answer.status_code == 409
    assert all(part in content for part in ("Their words.", "My words.", 'name="based_on" value="2"'))
    # Saving what the page shows keeps the words of both.
    body = answer.context["form"]["body"].value()
    assert "You both changed 1 passage" in content
    assert client.post(editor(edition), words(2, body=body)).status_code == 302
    bodies = list(Edition.objects.order_by("number").values_list("body", flat=True))
    assert [each.strip() for each in bodies[1:]] == ["Their words.", "Their words.\n\nMy words."]


def test_what_stops_a_form_is_said() -> None:
    edition = h.make_text(state=EditionState.DRAFT)
    client = signed_in(h.officer(edition.version.text.summit))
    given = {"kind": "statement", "wording": "none", "language": "en", "title": "T", "body": "B"}
    for wrong, sentence in (
        ({"slug": edition.version.text.slug}, "Another text has this address"),
        ({"kind": "transcript", "wording": "prepared"}, "Choose a speech. If it is missing"),
        ({"body": "See ![a map](map.png)."}, "Texts can’t contain pictures. Remove “![a map](…”"),
    ):
        answer = client.post(f"{LIST}add/", given | wrong)
        assert (answer.status_code, sentence in answer.content.decode()) == (400, True)
    assert client.post(f"{LIST}add/", given | {"body": r"Wow\![a](b) !["}).status_code == 302


def test_languages_are_added_and_written() -> None:
    edition = h.make_text(state=EditionState.DRAFT)
    client = signed_in(h.officer(edition.version.text.summit))
    path = f"{LIST}{edition.version.text_id}/language/"
    assert client.get(path).status_code == 200
    content = client.post(path, {"language": "ar", "title": "كلمة", "body": "نص"}, follow=True).content.decode()
    assert ('lang="ar" dir="rtl"' in content, "كلمة" in content) == (True, True)
    again = client.post(path, {"language": "ar", "title": "كلمة", "body": "نص"})
    assert "already exists in this language" in again.content.decode()


def test_what_was_typed_with_a_refused_decision_stands_on_the_page_again() -> None:
    edition = h.make_text(state=EditionState.APPROVED)
    client = signed_in(h.officer(edition.version.text.summit))
    answer = decide(client, edition, "set_moment", when="at", moment="2020-07-01T09:30")
    assert said(answer) == "This time has passed. Choose a later time, or “now”."
    assert 'value="01/07/2020"' in answer.content.decode()
    # Where its field isn't offered any more it stands by itself.
    content = decide(client, edition, "approve_alone", note="Nobody is here.").content.decode()
    assert re.search(r"Your unsaved text:</strong></p><p [^>]*>Nobody is here\.</p>", content)
    answer = decide(client, edition, "hold", note=" ")
    assert said(answer) == "Enter a reason for the hold. The press desk can see it."
    content = answer.content.decode()
    assert "Your unsaved text:" not in content
    assert re.search(r'<details class="rare" open>\s*<summary>Hold text', content)


def test_the_desk_says_what_a_moment_waits_for(summit: Summit) -> None:
    alarm = datetime(2030, 7, 1, 8, 30, tzinfo=UTC)
    embargo = h.make_embargo(summit, None, mode=EmbargoMode.DELIVERED, fallback_at=alarm)
    edition = h.make_text(state=EditionState.DRAFT, embargo=embargo, summit=summit)
    client = signed_in(h.officer(summit))
    content = page_of(client, edition)
    assert ("Not approved. It is published when approved." in content, "publish now" in content) == (True, False)
    # The form begins with how it stands.
    assert 'value="01/07/2030"' in content
    assert re.search(r'value="delivered"[^>]*checked', content)
    for name, when, sentence in (
        ("deliver", "", "Speech marked as delivered. It can’t be published until it is approved."),
        ("set_moment", "never", "Unscheduled."),
        ("set_moment", "delivered", "It will be published when the speech is delivered."),
        ("set_moment", "soon", "Scheduled. It can’t be published"),
    ):
        assert said(decide(client, edition, name, when=when)).startswith(sentence)


TOPICS = "/admin/press/topic/"


def values(summit: Summit, **changed: str) -> dict[str, Any]:
    return {"summit": summit.pk, "name": "Coasts", "name_en": "", "name_fr": "Côtes", "name_ar": "السواحل", **changed}


def test_a_topic_has_a_name_in_each_language_and_is_renamed(summit: Summit) -> None:
    client = signed_in(h.officer(summit))
    assert client.post(f"{TOPICS}add/", values(summit)).status_code == 302
    made = Topic.objects.get()
    assert (made.summit, made.name, made.names) == (summit, "Coasts", {"fr": "Côtes", "ar": "السواحل"})
    assert [made.called(language) for language in ("fr", "ar", "de")] == ["Côtes", "السواحل", "Coasts"]
    for path, given, sentence in (
        ("add/", {}, "The summit already has a topic with this name."),
        (f"{made.pk}/change/", {"name_en": "Another"}, "This is the summit’s own language."),
    ):
        assert sentence in client.post(f"{TOPICS}{path}", values(summit, **given)).content.decode()
    h.make_text(summit=summit).version.text.topics.add(made)
    assert client.post(f"{TOPICS}{made.pk}/change/", values(summit, name="Shores")).status_code == 302
    listed = client.get(TOPICS).context["cl"].result_list
    assert [(row.name, row.number) for row in listed] == [("Shores", 1)]


@pytest.mark.parametrize("used", [True, False])
def test_only_one_that_no_text_has_is_deleted(summit: Summit, used: bool) -> None:
    topic, client = TopicFactory(summit=summit), signed_in(h.officer(summit))
    if used:
        h.make_text(summit=summit, title="About <it>").version.text.topics.add(topic)
    shown = client.get(f"{TOPICS}{topic.pk}/delete/").content.decode()
    assert ("About &lt;it&gt;</bdi></a>" in shown) is used
    assert ("Remove the topic from these texts first:" in shown) is used
    client.post(f"{TOPICS}{topic.pk}/delete/", {"post": "yes"})
    assert Topic.objects.exists() is used


def test_a_name_that_cannot_be_is_refused(summit: Summit) -> None:
    by = h.officer(summit)
    for names, said in (
        ({"en": "Shores"}, "This is the summit’s own language."),
        ({"de": "Küsten"}, "Enter one of: en, fr, ar."),
        ({"fr": "x" * 81}, "80 characters"),
        ({"fr": "a\x07"}, "printed"),
    ):
        with pytest.raises(ValidationError, match=said):
            topics.add_topic(by=by, summit=summit, values={"name": "Coasts", "names": names})


def test_what_is_not_said_of_such_a_text_is_refused(summit: Summit) -> None:
    by, text = h.officer(summit), h.make_text(summit=summit).version.text
    told = {"gather_place": "Gate", "comparison_public": True}
    with pytest.raises(ValidationError) as refused:
        texts.describe(text=text, by=by, topics=[str(n) for n in range(21)], people=[], **told)
    assert set(refused.value.error_dict) == {"gather_place", "comparison_public", "topics"}
    speech = h.make_text(summit=summit, speech=True).version.text
    with pytest.raises(ValidationError, match="so its session can’t be changed here"):
        texts.describe(text=speech, by=by, topics=[], people=[], session=speech.slot.session)


SPEECH = docx(
    par("Opening", style="Titel") + par("Friends, ", run("welcome", "<w:b/>"), run(" red", '<w:color w:val="F00"/>'))
)


def file(content: bytes = SPEECH, name: str = "speech.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def value(response: Any, name: str) -> Any:
    return response.context["form"][name].value()


def test_what_was_typed_stays_beside_the_words_of_a_file() -> None:
    edition = h.make_text(body="Saved.")
    text = edition.version.text
    client = signed_in(h.officer(text.summit))
    address = f"{LIST}{text.pk}/unsaved/?version=en"
    typed = {"title": "Mine", "summary": "S", "body": "Typed for an hour.", "change_note": "N", "based_on": "1"}
    answer = client.post(address, typed | {"take": "1", "words": file()})
    names = ("title", "summary", "body", "change_note", "based_on")
    assert [value(answer, name) for name in names] == ["Mine", "S", "Friends, **welcome** red\n", "N", "1"]
    page = answer.content.decode()
    assert 'readonly dir="auto">Typed for an hour.</textarea>' in page
    assert "Choose the attachment again" not in page
    beside = client.post(address, typed | {"show": "1", "file": file()}).content.decode()
    assert "Choose the attachment again" in beside
    back = client.post(address, typed | {"back": "1", "body": "From a file.", "before": "Typed for an hour."})
    assert [value(back, name) for name in names] == ["Mine", "S", "Typed for an hour.", "N", "1"]
    assert Edition.objects.count() == 1
    assert not AuditEntry.objects.filter(action__startswith="press.").exists()


def test_another_language_takes_words_and_previews_without_a_script_too() -> None:
    edition = h.make_text(body="Saved.")
    client, base = signed_in(h.officer(edition.version.text.summit)), f"{LIST}{edition.version.text.pk}"
    typed = {"title": "T", "body": "One *two* <b>three</b>.", "based_on": "1", "show": "1"}
    answer = client.post(f"{base}/unsaved/", typed)
    assert value(answer, "body") == "One *two* <b>three</b>."
    page = answer.content.decode()
    assert "<p>One <em>two</em> &lt;b&gt;three&lt;/b&gt;.</p>" in page
    values = {"language": "ar", "take": "1", "words": file("مرحبا".encode(), "a.txt")}
    answer = client.post(f"{base}/language/unsaved/", values)
    assert (value(answer, "language"), value(answer, "body")) == ("ar", "مرحبا\n")


def test_what_cannot_be_read_is_said_and_what_was_typed_stays(summit: Summit) -> None:
    client, address = signed_in(h.officer(summit)), f"{LIST}unsaved/?summit={summit.slug}"
    for values, said in (({}, "Choose a file."), ({"words": file(b"%PDF-1.7", "a.pdf")}, "This is a PDF.")):
        typed = {"take": "1", "title": "T", "body": "B" if values else ""}
        answer = client.post(address, typed | values)
        assert (answer.status_code, value(answer, "title"), value(answer, "body")) == (400, "T", typed["body"])
        assert f'<a href="#id_words">{said}' in answer.content.decode()
    # Pressed again it keeps the text of the file without an error.
    answer = client.post(address, {"take": "1", "title": "T", "body": "From a file."})
    assert (answer.status_code, value(answer, "body")) == (200, "From a file.")
    assert "There is a problem" not in answer.content.decode()


def test_the_text_of_a_speech_begins_at_its_link_and_its_file_leaves_the_title_to_the_speech(summit: Summit) -> None:
    client, slot = signed_in(h.officer(summit)), h.make_slot(summit)
    link = f"{LIST}add/?summit={summit.slug}&slot={slot.pk}"
    answer = client.get(link)
    assert (value(answer, "kind"), value(answer, "slot")) == ("transcript", slot.pk)
    assert f'<option value="{slot.pk}" selected' in answer.content.decode()
    untitled = {"take": "1", "words": file(b"Friends, welcome.", "a.txt"), "kind": "transcript"}
    answer = client.post(f"{LIST}unsaved/?summit={summit.slug}", untitled | {"slot": slot.pk, "language": "en"})
    proposed = f"Address by {slot.speaker.office} ({slot.session.title})"
    assert value(answer, "title") == proposed
    # Saved without a title it has the same; without a speech as well one of them is asked for.
    typed = {"kind": "transcript", "wording": "prepared", "language": "en", "body": "B"}
    assert client.post(f"{LIST}add/", typed | {"slot": slot.pk}).status_code == 302
    assert Edition.objects.get().title == proposed
    errors = client.post(f"{LIST}add/", typed).context["form"].errors
    assert errors == {"slot": ["Choose a speech. If it is missing, add it to its session first."]}
    assert set(client.post(f"{LIST}add/", typed | {"kind": "statement"}).context["form"].errors) == {"title"}


def test_the_preview_follows_what_is_typed(summit: Summit) -> None:
    client, path = signed_in(h.officer(summit)), f"{LIST}preview/"
    answer = client.post(path, {"body": "# One\n\n各位代表你好 two <script>x()</script>[a](javascript:b)"})
    part = answer.content.decode()
    assert ("<h2>One</h2>" in part, "<script" in part, "<html" in part) == (True, False, False)
    assert "520 characters, about 2 minutes to read aloud" in client.post(path, {"body": "好" * 520}).content.decode()
