"""Pages and mails speak the languages that have a catalogue, whatever languages texts are written in."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from summit.languages import spoken
from summit.outbox.domain import mime
from summit.outbox.kinds import Mail
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
