"""The development mailbox shows what is written, and is not there in production."""

import runpy
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client

from summit import urls
from summit.outbox import html_part
from summit.permissions.models import Role
from summit.summits import emblem
from tests.factories import MessageFactory, SummitFactory, UserFactory
from tests.summit.summits.test_emblem import drawn

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


def test_pages_have_fifty_newest_first_and_keep_the_search(client: Client, django_assert_num_queries: Any) -> None:
    MessageFactory.create_batch(51, rendered_subject="Letter")
    MessageFactory(address="newer@land.example", rendered_subject="Second", problem="x", state="failed")
    newest = client.get("/dev/mail/").content.decode()
    assert 0 < newest.index("newer@land.example") < newest.index("Letter")
    with django_assert_num_queries(2):
        first = client.get("/dev/mail/?q=letter").content.decode()
    assert (first.count("data-state="), "newer@land.example" in first) == (50, False)
    assert 'href="?q=letter&amp;page=2"' in first
    assert client.get("/dev/mail/?q=letter&page=2").content.decode().count("data-state=") == 1


def test_a_mail_shows_headers_text_with_links_parts_and_source_and_no_markup_of_its_own(client: Client) -> None:
    text = f"<script>alert(1)</script> & more: {LINK}\n"
    message = MessageFactory.create(rendered=mail_bytes(text))
    page = client.get(f"/dev/mail/{message.public_id}/").content.decode()
    for part in (
        f'&lt;script&gt;alert(1)&lt;/script&gt; &amp; more: <a href="{LINK}">{LINK}</a>',
        "Summit &lt;summit@host.example&gt;",
        "Lettre d’invitation.pdf",
        "text/calendar, attached to the text",
        "Content-Type: multipart/mixed",
    ):
        assert part in page
    assert "<script>alert(1)" not in page


def test_the_html_stands_in_a_frame_that_runs_and_loads_nothing(client: Client) -> None:
    summit = SummitFactory()
    emblem.store(summit=summit, content=drawn(), by=UserFactory.with_role(Role.ORGANISER, summit))
    message = MessageFactory.create(rendered=mail_bytes("<script>alert(1)</script>"), summit=summit)
    path = f"/dev/mail/{message.public_id}/page/"
    assert (
        f'<iframe class="mail-page" src="{path}" sandbox '
        in client.get(f"/dev/mail/{message.public_id}/").content.decode()
    )
    answer = client.get(path)
    page = answer.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert ('src="data:image/png;base64,' in page, "cid:" in page) == (True, False)
    policy = answer["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "img-src data:", "frame-ancestors 'self'"} <= set(policy)
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    bare = MessageFactory.create(rendered=b"Subject: x\r\nContent-Type: application/pdf\r\n\r\n")
    assert client.get(f"/dev/mail/{bare.public_id}/page/").status_code == 404


def test_parts_and_source_are_downloads(client: Client) -> None:
    content = mail_bytes()
    message = MessageFactory.create(rendered=content)
    calendar = client.get(f"/dev/mail/{message.public_id}/parts/1/")
    assert calendar["Content-Type"] == "text/calendar"
    assert calendar["Content-Disposition"] == 'attachment; filename="part-1.ics"'
    assert calendar.content.decode().split() == CALENDAR.split()
    letter = client.get(f"/dev/mail/{message.public_id}/parts/2/")
    assert (letter["Content-Type"], letter.content) == ("application/pdf", b"%PDF-1.7")
    assert letter["Content-Disposition"].startswith("attachment; filename*=utf-8''Lettre%20d")
    assert client.get(f"/dev/mail/{message.public_id}/parts/3/").status_code == 404
    source = client.get(f"/dev/mail/{message.public_id}/source/")
    assert (source["Content-Type"], source.content) == ("message/rfc822", html_part.with_html(message))


def test_of_a_mail_that_is_not_written_yet_there_is_no_source(client: Client) -> None:
    message = MessageFactory.create(rendered=None)
    answers = [
        client.get(f"/dev/mail/{message.public_id}/{path}").status_code
        for path in ("", "source/", "page/", "parts/1/")
    ]
    assert answers == [200, 404, 404, 404]


def test_the_mailbox_is_in_development_alone(settings: Any) -> None:
    """The addresses of a production are made anew, beside those of the tests."""
    for production, expected in ((False, 1), (True, 0)):
        settings.PRODUCTION = production
        patterns = runpy.run_path(urls.__file__)["urlpatterns"]
        assert [getattr(entry, "namespace", None) for entry in patterns].count("dev") == expected
        assert "healthz" in [getattr(entry, "name", None) for entry in patterns]


def test_a_mail_reads_from_the_side_of_its_language(client: Client) -> None:
    # The first letters are a name's, so that they can't decide.
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        message = MessageFactory.create(language=language, rendered=mail_bytes("Republic of Tunisia\n\nدعوة\n"))
        page = client.get(f"/dev/mail/{message.public_id}/").content.decode()
        assert f'<div class="mail-text" lang="{language}" dir="{direction}">' in page
