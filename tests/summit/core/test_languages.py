"""Pages and mails speak the languages that have a catalogue, whatever languages texts are written in."""

from email import message_from_bytes, policy

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context as allauth_context
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from delegations.invitations.services import links
from summit.core.languages import spoken
from summit.outbox import mime
from summit.outbox.message_kinds import Mail
from summit.outbox.models import Message
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_a_language_without_a_catalogue_is_answered_in_english(settings: Settings, client: Client) -> None:
    settings.INTERFACE_LANGUAGES = ["en", "fr"]
    summit = f.SummitFactory()
    assert [spoken(code) for code in ("en", "fr", "ar", "xx")] == ["en", "fr", "en", "en"]
    page = client.get(f"/{summit.slug}/?lang=ar")
    assert page["Content-Language"] == "en"
    assert b'<html lang="en" dir="ltr"' in page.content
    assert "العربية".encode() not in page.content
    assert "Français".encode() in page.content
    assert client.get("/", headers={"accept-language": "ar"})["Location"] == f"/{summit.slug}/"
    assert client.get("/", headers={"accept-language": "fr"})["Location"] == f"/{summit.slug}/?lang=fr"


def test_a_mail_names_the_language_that_it_is_written_in(settings: Settings) -> None:
    message = f.MessageFactory(language="ar")
    settings.INTERFACE_LANGUAGES = ["en"]
    assert b"Content-Language: en" in mime.build(message, Mail("Subject", "Text"))
    settings.INTERFACE_LANGUAGES = ["en", "ar"]
    assert b"Content-Language: ar" in mime.build(message, Mail("Subject", "Text"))


def test_a_mail_that_is_read_from_the_right_begins_so(rf: RequestFactory) -> None:
    for language, mark in (("ar", "\u200f"), ("fr", "")):
        message = f.MessageFactory(language=language)
        mail = message_from_bytes(mime.build(message, Mail("France", "France\n\nText")), policy=policy.default)
        assert str(mail.get_content()).splitlines() == [f"{mark}France", "", "Text"]
        assert mail["Subject"] == "France"
        # A mail about an account does too.
        user = f.UserFactory(language=language)
        with allauth_context.request_context(rf.get("/")):
            get_adapter().send_mail("account/email/unknown_account", user.email, {"user": user})
        stored = Message.objects.get(address=user.email)
        mail = message_from_bytes(bytes(stored.rendered), policy=policy.default)
        assert str(mail.get_content()).startswith("\u200f") is bool(mark)
        assert not str(mail["Subject"]).startswith("\u200f")


class TestPersonalPages:
    def language(self, client: Client, query: str = "") -> str:
        return str(client.get(f"/accounts/2fa/{query}")["Content-Language"])

    def test_an_account_reads_in_its_language_or_the_chosen_one(self, client: Client, settings: Settings) -> None:
        client.force_login(f.UserFactory(language="ar"))
        found = [self.language(client, asked) for asked in ("", "?lang=fr", "", "?lang=xx")]
        assert found == ["ar", "fr", "fr", "fr"]
        # Public pages know nobody.
        assert client.get(f"/{f.SummitFactory().slug}/")["Content-Language"] == "en"
        # A language without a catalogue is English.
        settings.INTERFACE_LANGUAGES = ["en", "fr"]
        client.force_login(f.UserFactory(language="ar"))
        assert self.language(client) == "en"

    def test_whoever_follows_a_letter_reads_in_its_language_but_for_an_account(self, client: Client) -> None:
        link = f.InvitationLinkFactory(invitation__party__language="fr")
        page = client.get(f"/i/{links.token(link)}/", follow=True)
        assert (page.status_code, page["Content-Language"]) == (200, "fr")
        known = Client()
        known.get(f"/i/{links.token(link)}/")
        known.force_login(f.UserFactory(language="ar"))
        assert self.language(known) == "ar"
        for asked, language in (("", "fr"), ("?lang=ar", "ar"), ("", "ar")):
            assert client.get(f"/portal/{asked}")["Content-Language"] == language
