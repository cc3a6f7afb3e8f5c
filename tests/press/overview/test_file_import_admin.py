"""Words from files and previews at the desk: shown in the editor, and saved by nobody but the officer."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from press.texts.models.editions import Edition
from summit.audit.models import AuditEntry
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.press.helpers import make_slot, make_text, officer
from tests.press.imports.docx_files import docx, par, run
from tests.press.overview.test_admin import LIST

pytestmark = pytest.mark.django_db

SPEECH = docx(
    par("Opening", style="Titel") + par("Friends, ", run("welcome", "<w:b/>"), run(" red", '<w:color w:val="F00"/>'))
)


def file(content: bytes = SPEECH, name: str = "speech.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def value(response: Any, name: str) -> Any:
    return response.context["form"][name].value()


def test_what_was_typed_stays_beside_the_words_of_a_file() -> None:
    edition = make_text(body="Saved.")
    text = edition.version.text
    client = signed_in(officer(text.summit))
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
    edition = make_text(body="Saved.")
    client, base = signed_in(officer(edition.version.text.summit)), f"{LIST}{edition.version.text.pk}"
    typed = {"title": "T", "body": "One *two* <b>three</b>.", "based_on": "1", "show": "1"}
    answer = client.post(f"{base}/unsaved/", typed)
    assert value(answer, "body") == "One *two* <b>three</b>."
    page = answer.content.decode()
    assert "<p>One <em>two</em> &lt;b&gt;three&lt;/b&gt;.</p>" in page
    values = {"language": "ar", "take": "1", "words": file("مرحبا".encode(), "a.txt")}
    answer = client.post(f"{base}/language/unsaved/", values)
    assert (value(answer, "language"), value(answer, "body")) == ("ar", "مرحبا\n")


def test_what_cannot_be_read_is_said_and_what_was_typed_stays(summit: Summit) -> None:
    client, address = signed_in(officer(summit)), f"{LIST}unsaved/?summit={summit.slug}"
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
    client, slot = signed_in(officer(summit)), make_slot(summit)
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
    client, path = signed_in(officer(summit)), f"{LIST}preview/"
    answer = client.post(path, {"body": "# One\n\n各位代表你好 two <script>x()</script>[a](javascript:b)"})
    part = answer.content.decode()
    assert ("<h2>One</h2>" in part, "<script" in part, "<html" in part) == (True, False, False)
    assert "520 characters, about 2 minutes to read aloud" in client.post(path, {"body": "好" * 520}).content.decode()
