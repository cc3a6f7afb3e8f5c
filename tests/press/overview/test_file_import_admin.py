"""Words from files and previews at the desk: shown in the editor, and saved by nobody but the officer."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from summit.audit.models import AuditEntry
from summit.summits.models import Summit
from summit.uploads.budgets import DOCUMENT
from tests.clients import signed_in
from tests.press.helpers import make_text, officer
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


def test_a_file_fills_the_editor_of_a_new_text_and_nothing_is_saved(summit: Summit) -> None:
    address = f"{LIST}unsaved/?summit={summit.slug}"
    given = {"kind": "notice", "slug": "x", "language": "fr"}
    answer = signed_in(officer(summit)).post(address, {"take": "1", "words": file(), **given})
    page = answer.content.decode()
    assert (answer.status_code, Text.objects.count()) == (200, 0)
    filled = {"title": "Opening", "body": "Friends, **welcome** red\n", **given}
    assert {name: value(answer, name) for name in filled} == filled
    for part in (
        f'action="{LIST}add/?summit={summit.slug}" data-draft="taken">',
        "Colour or highlighting removed from 1 passage.",
        "<p>Friends, <strong>welcome</strong> red</p>",
        "3 words, about 1 minute to read aloud",
    ):
        assert part in page


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


REFUSED = [
    ({}, "Choose a file."),
    ({"words": file(b"%PDF-1.7", "a.pdf")}, "This is a PDF."),
    ({"words": file(b"PK\x03\x04broken")}, "This file can’t be read as DOCX."),
    ({"words": file(b" " * (DOCUMENT.largest + 1))}, "The file has more than 10 MB."),
]


def test_what_cannot_be_read_is_said_and_what_was_typed_stays(summit: Summit) -> None:
    client = signed_in(officer(summit))
    typed = {"take": "1", "title": "T", "body": "B"}
    for values, said in REFUSED:
        answer = client.post(f"{LIST}unsaved/?summit={summit.slug}", typed | values)
        assert (answer.status_code, value(answer, "title"), value(answer, "body")) == (400, "T", "B")
        assert f'<a href="#id_words">{said}' in answer.content.decode()


def test_the_preview_follows_what_is_typed(summit: Summit) -> None:
    client, path = signed_in(officer(summit)), f"{LIST}preview/"
    answer = client.post(path, {"body": "# One\n\n各位代表你好 two <script>x()</script>[a](javascript:b)"})
    part = answer.content.decode()
    assert ("<h2>One</h2>" in part, "<script" in part, "<html" in part) == (True, False, False)
    assert "520 characters, about 2 minutes to read aloud" in client.post(path, {"body": "好" * 520}).content.decode()
