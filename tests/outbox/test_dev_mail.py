"""The development mailbox shows what is written, and is not there in production."""

import os
import subprocess
import sys
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, clear_url_caches, reverse

from summit.models import Summit
from summit.outbox.models import Message
from tests.factories import MessageFactory, SummitFactory

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
    older = MessageFactory.create(address="older@land.example", rendered_subject="First")
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


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("NEWER", {"newer"}), ("first", {"older"}), ("land.example", {"older", "newer"}), ("zz", set())],
)
def test_search_looks_into_recipients_and_subjects(client: Client, wanted: str, found: set[str]) -> None:
    MessageFactory.create(address="older@land.example", rendered_subject="First")
    MessageFactory.create(address="newer@land.example", rendered_subject="Second")
    page = client.get("/dev/mail/", {"q": wanted}).content.decode()
    assert {name for name in ("older", "newer") if f"{name}@land.example" in page} == found


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
    assert (source["Content-Type"], source.content) == ("message/rfc822", mail_bytes_of(message))


def mail_bytes_of(message: Message) -> bytes:
    """Return the bytes as they stand in the database."""
    return bytes(Message.objects.get(pk=message.pk).rendered or b"")


def test_a_mail_that_is_not_written_yet_says_so(client: Client) -> None:
    message = MessageFactory.create(rendered=None)
    page = client.get(f"/dev/mail/{message.public_id}/").content.decode()
    assert "A mail that is not written yet" in page
    assert client.get(f"/dev/mail/{message.public_id}/source/").status_code == 404
    assert client.get(f"/dev/mail/{message.public_id}/parts/1/").status_code == 404
    assert client.get("/dev/mail/0000000000000000/").status_code == 404


def test_nothing_is_changed_by_reading(client: Client) -> None:
    assert client.post("/dev/mail/").status_code == 405


ASK = """
import django; django.setup()
from django.urls import resolve, Resolver404
for path in ("/dev/mail/", "/healthz"):
    try: print(path, resolve(path).view_name)
    except Resolver404: print(path, "nothing")
"""


@pytest.mark.once
@pytest.mark.parametrize(("production", "expected"), [("1", "nothing"), ("0", "dev:mail")])
def test_production_has_no_mailbox(production: str, expected: str) -> None:
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "summit.settings",
        "PRODUCTION": production,
        "SECRET_KEY": "x" * 60,
    }
    done = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"/dev/mail/ {expected}", "/healthz healthz"]


def test_no_other_route_reaches_the_mailbox() -> None:
    clear_url_caches()
    from summit.urls import urlpatterns

    namespaces = [entry.namespace for entry in urlpatterns if isinstance(entry, URLResolver)]
    assert namespaces.count("dev") == 1
    assert reverse("dev:mail") == "/dev/mail/"
    with pytest.raises(NoReverseMatch):
        reverse("mail")


def test_the_slug_dev_is_no_summits(client: Client) -> None:
    summit: Summit = SummitFactory.build(slug="dev")
    with pytest.raises(Exception, match="is an address of the system itself"):
        summit.full_clean()


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_a_mail_reads_from_the_side_of_its_language(client: Client, language: str, direction: str) -> None:
    # The first letters are a name's, so that they can't decide.
    message = MessageFactory.create(language=language, rendered=mail_bytes("Republic of Tunisia\n\nدعوة\n"))
    page = client.get(f"/dev/mail/{message.public_id}/").content.decode()
    assert f'<div class="mail-text" lang="{language}" dir="{direction}">' in page
