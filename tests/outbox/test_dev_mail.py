"""The development mailbox shows what is written, and is not there in production."""

import runpy
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from summit import urls
from summit.outbox.models import Message
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db
CALENDAR = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
LINK = "http://localhost:8000/i/abc-def_123/"


def mail_bytes(text: str = f"Your Excellency,\n\nanswer here: {LINK}\n") -> bytes:
    """Return a mail with a text, a calendar beside it and a document."""
    mail = EmailMessage()
    mail["Subject"] = "Einladung für Genève"
    mail["From"] = "Summit <summit@host.example>"
    mail["To"] = "mission@land.example"
    mail.set_content(text)
    mail.add_alternative(CALENDAR, subtype="calendar", params={"method": "REQUEST"})
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Lettre d’invitation.pdf")
    return bytes(mail)


def test_newest_first_with_recipient_subject_kind_and_state(client: Client) -> None:
    older = MessageFactory.create(address="older@land.example")
    newer = MessageFactory.create(
        address="newer@land.example", rendered_subject="Second", problem="x", state="failed"
    )
    page = client.get("/dev/mail/").content.decode()
    assert page.index(newer.address) < page.index(older.address)
    assert f'href="/dev/mail/{newer.public_id}/"' in page
    assert '<span class="state" data-state="bad">failed</span>' in page
    assert '<span class="state" data-state="wait">to be sent</span>' in page
    assert "Second" in page
    assert "system" in page


def test_search_looks_into_recipients_and_subjects(client: Client) -> None:
    MessageFactory.create(address="older@land.example", rendered_subject="First")
    MessageFactory.create(address="newer@land.example", rendered_subject="Second")
    for wanted, found in (("NEWER", ["newer"]), ("first", ["older"]), ("land", ["newer", "older"]), ("z", [])):
        page = client.get("/dev/mail/", {"q": wanted}).content.decode()
        assert [name for name in ("newer", "older") if f"{name}@land.example" in page] == found, wanted


def test_pages_have_fifty_and_keep_the_search(client: Client, django_assert_num_queries: Any) -> None:
    MessageFactory.create_batch(51, rendered_subject="Letter")
    with django_assert_num_queries(2):
        first = client.get("/dev/mail/?q=letter").content.decode()
    assert first.count("data-state=") == 50
    assert "1–50 of 51" in first
    assert 'href="?q=letter&amp;page=2"' in first
    assert client.get("/dev/mail/?q=letter&page=2").content.decode().count("data-state=") == 1


def test_a_mail_shows_headers_text_with_links_parts_and_source(client: Client) -> None:
    message = MessageFactory.create(rendered=mail_bytes(), rendered_subject="Einladung für Genève")
    page = client.get(f"/dev/mail/{message.public_id}/").content.decode()
    assert f'<a href="{LINK}">{LINK}</a>' in page
    assert "Summit &lt;summit@host.example&gt;" in page
    assert "Einladung für Genève" in page
    assert "Lettre d’invitation.pdf" in page
    assert "text/calendar, beside the text" in page
    assert "Content-Type: multipart/mixed" in page


def test_what_a_mail_says_is_never_markup(client: Client) -> None:
    message = MessageFactory.create(rendered=mail_bytes("<script>alert(1)</script> & more"))
    page = client.get(f"/dev/mail/{message.public_id}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


def test_parts_and_source_are_downloads(client: Client) -> None:
    message = MessageFactory.create(rendered=mail_bytes())
    calendar = client.get(f"/dev/mail/{message.public_id}/parts/1/")
    assert calendar["Content-Type"] == "text/calendar"
    assert calendar["Content-Disposition"] == 'attachment; filename="part-1.ics"'
    assert calendar.content.decode().split() == CALENDAR.split()
    letter = client.get(f"/dev/mail/{message.public_id}/parts/2/")
    assert (letter["Content-Type"], letter.content) == ("application/pdf", b"%PDF-1.7")
    assert letter["Content-Disposition"].startswith("attachment; filename*=utf-8''Lettre%20d")
    assert client.get(f"/dev/mail/{message.public_id}/parts/3/").status_code == 404
    source = client.get(f"/dev/mail/{message.public_id}/source/")
    assert source["Content-Type"] == "message/rfc822"
    assert source.content == bytes(Message.objects.get(pk=message.pk).rendered or b"")
    assert client.post("/dev/mail/").status_code == 405


def test_a_mail_that_is_not_written_yet_says_so(client: Client) -> None:
    message = MessageFactory.create(rendered=None)
    page = client.get(f"/dev/mail/{message.public_id}/").content.decode()
    assert "A mail that is not written yet" in page
    assert client.get(f"/dev/mail/{message.public_id}/source/").status_code == 404
    assert client.get(f"/dev/mail/{message.public_id}/parts/1/").status_code == 404
    assert client.get("/dev/mail/0000000000000000/").status_code == 404


def test_the_mailbox_is_in_development_alone(settings: Any) -> None:
    """The addresses of a production are made anew, beside those of the tests."""
    for production, expected in ((False, 1), (True, 0)):
        settings.PRODUCTION = production
        patterns = runpy.run_path(urls.__file__)["urlpatterns"]
        assert [getattr(entry, "namespace", None) for entry in patterns].count("dev") == expected
        assert "healthz" in [getattr(entry, "name", None) for entry in patterns]
    assert reverse("dev:mail") == "/dev/mail/"
    with pytest.raises(NoReverseMatch):
        reverse("mail")


def test_a_mail_reads_from_the_side_of_its_language(client: Client) -> None:
    # The first letters are a name's, so that they can't decide.
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        message = MessageFactory.create(language=language, rendered=mail_bytes("Republic of Tunisia\n\nدعوة\n"))
        page = client.get(f"/dev/mail/{message.public_id}/").content.decode()
        assert f'<div class="mail-text" lang="{language}" dir="{direction}">' in page
