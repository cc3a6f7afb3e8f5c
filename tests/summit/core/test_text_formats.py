"""How days, names, sizes and numbers are written, in which language, and what may stand in a field."""

from datetime import date, datetime
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context as allauth_context
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import get_resolver, path
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from delegations.invitations.services import links
from summit import urls
from summit.core import punctuation, validators
from summit.core.date_formats import clock, long_day, short_day
from summit.core.file_names import disposition, file_name
from summit.core.file_sizes import MEGABYTE, megabytes, too_large
from summit.core.languages import spoken
from summit.core.phone_links import tel_uri
from summit.outbox import mime
from summit.outbox.message_kinds import Mail
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import slug_form
from summit.templatetags.phone_numbers import phone_link
from tests import factories as f
from tests.clients import signed_in
from tests.factories import SummitFactory


@pytest.mark.parametrize(
    ("language", "day", "long", "short"),
    [
        ("en", date(2025, 3, 31), "Monday 31 March 2025", "Mon 31 Mar 2025"),
        ("fr", date(2025, 3, 31), "lundi 31 mars 2025", "lun 31 mars 2025"),
        ("fr", date(2025, 4, 1), "mardi 1er avril 2025", "mar 1er avril 2025"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(language: str, day: date, long: str, short: str) -> None:
    with override(language):
        assert (long_day(day), short_day(day)) == (long, short)


@pytest.mark.parametrize(
    ("zone", "moment", "said"),
    [
        ("Europe/London", "2025-10-26T00:30Z", "01:30 (UTC+1)"),
        ("Europe/London", "2025-10-26T01:30Z", "01:30 (UTC)"),
        ("Europe/London", "2025-10-26T02:00Z", "02:00"),
        # An hour that is skipped, and one like any other.
        ("Europe/London", "2025-03-30T01:00Z", "02:00"),
        ("America/St_Johns", "2025-11-02T04:00Z", "01:30 (UTC-2:30)"),
        ("Australia/Lord_Howe", "2025-04-05T15:10Z", "01:40 (UTC+10:30)"),
    ],
)
def test_an_hour_that_comes_twice_says_which_it_is(zone: str, moment: str, said: str) -> None:
    assert clock(datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))) == said


# --- marks between things -------------------------------------------------------------------------------------------
LINE = Template("{% load punctuation %}Hall{% comma %}House{% semicolon %}09:30{% until %}10:05")


@pytest.mark.parametrize(
    ("language", "line", "pair"),
    [
        ("en", "Hall, House; 09:30–\u206010:05", "France: sent"),
        ("fr", "Hall, House\u202f; 09:30–\u206010:05", "France\u00a0: sent"),
        ("ar", "Hall، House؛ 09:30 إلى\u00a0\u206010:05", "France: sent"),
        (None, "Hall, House; 09:30–\u206010:05", "France: sent"),
    ],
)
def test_marks_are_those_of_the_language(language: str | None, line: str, pair: str) -> None:
    with override(language):
        assert (LINE.render(Context()), punctuation.pair("France", "sent")) == (line, pair)
    # A span of time in a sentence is not broken after its dash.
    said = "Monday 31 March, 09:30–10:05 – in the hall"
    assert punctuation.unbroken(said) == "Monday 31 March, 09:30–\u206010:05 – in the hall"


@pytest.mark.django_db
def test_pages_write_them(client: Client) -> None:
    summit = f.SummitFactory()
    place = f'<bdi lang="en">{summit.place}</bdi>'
    for code, found in (("en", [True, False]), ("ar", [False, True])):
        page = client.get(f"/{summit.slug}/?lang={code}").content.decode()
        assert [f"{mark} {place}" in page for mark in (",", "،")] == found


# --- files ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Invitation", "France"), "Invitation – France.pdf"),
        (("دعوة", "", "فرنسا"), "دعوة – فرنسا.pdf"),
        (("Invitation", 'Trinidad/Tobago: <a> \\ "b"|?*'), "Invitation – Trinidad Tobago a b.pdf"),
        (("../../etc/passwd",), "etc passwd.pdf"),
        # Marks of direction would show the ending elsewhere than it is; a joiner is a part of a word.
        (("fdp.\u202eexe\r\nX",), "fdp. exe X.pdf"),
        (("می\u200cخواهم",), "می\u200cخواهم.pdf"),
        ((" . ", ""), "pdf.pdf"),
    ],
)
def test_a_files_name_is_readable_and_safe_on_every_system(parts: tuple[str, ...], name: str) -> None:
    assert file_name(*parts, ending="pdf") == name


def test_a_long_name_is_cut_and_the_header_has_it_as_rfc_6266_wants_it() -> None:
    found = file_name("ض" * 200, "中" * 200, ending="pdf")
    assert found.endswith(".pdf")
    assert 200 < len(found.encode()) <= 224
    name = file_name("Invitation", "Côte d’Ivoire", ending="pdf")
    said = "filename*=utf-8''Invitation%20%E2%80%93%20C%C3%B4te%20d%E2%80%99Ivoire.pdf"
    assert disposition(name) == f"attachment; {said}"
    assert disposition("Badges.pdf", attached=False) == 'inline; filename="Badges.pdf"'


def test_a_size_is_told_to_a_tenth_and_what_is_too_large_never_as_the_limit() -> None:
    for size, said in ((10 * MEGABYTE, "10"), (13 * 1024 * 1000, "12.7"), (1, "0")):
        assert megabytes(size) == said
    for over, said in ((1, "20.1"), (60_000, "20.1"), (MEGABYTE, "21")):
        assert too_large(20 * MEGABYTE + over, 20 * MEGABYTE) == {"size": said, "limit": "20"}


# --- telephone numbers (RFC 3966) -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ("+44 20 7946 0004", "tel:+442079460004"),
        ("+44 (0)20 7946-0004", "tel:+442079460004"),
        ("020 7946 0004", "tel:02079460004"),
        ("(0) 20", "tel:020"),
        ("+33 1 20 ext. 12", "tel:+33120;ext=12"),
        ("+33 1 20, Extension 12", "tel:+33120;ext=12"),
        ("next 12", "tel:12"),
        ("1+2", "tel:12"),
        ("+٢٠ ٢ ٣", "tel:+2023"),
        ("ask reception", ""),
    ],
)
def test_the_uri_of_a_number(written: str, uri: str) -> None:
    assert tel_uri(written) == uri


def test_the_link_shows_the_number_as_it_was_written() -> None:
    assert phone_link("+44 <7>") == '<a href="tel:+447"><bdi dir="ltr" translate="no">+44 &lt;7&gt;</bdi></a>'
    assert phone_link("reception") == '<bdi dir="ltr" translate="no">reception</bdi>'


# --- refusals of fields ---------------------------------------------------------------------------------------------
REFUSALS: list[tuple[forms.Field, Any, list[str]]] = [
    (forms.CharField(), "", ["Fill in this field."]),
    (forms.ChoiceField(choices=[("a", "A")]), "b", ["Choose one from the list."]),
    (forms.EmailField(), "nobody", ["Enter a full email address, such as office@mission.example."]),
    (forms.DateField(), "2025-02-31", ["Enter an existing date."]),
    (forms.SplitDateTimeField(), ["soon", "25:00"], ["Enter an existing date.", "Enter a time, such as 14:30."]),
    (forms.IntegerField(), "many", ["Enter a whole number."]),
    (forms.IntegerField(max_value=9), "10", ["Enter 9 or less."]),
    (forms.IntegerField(min_value=1), "0", ["Enter 1 or more."]),
    (forms.CharField(max_length=3), "long", ["Shorten this text to 3 characters."]),
]


@pytest.mark.parametrize(("field", "entered", "said"), REFUSALS)
def test_a_field_says_what_to_do(field: forms.Field, entered: Any, said: list[str]) -> None:
    with override("en"), pytest.raises(forms.ValidationError) as refused:
        field.clean(entered)
    assert refused.value.messages == said


# --- pages and mails speak the languages that have a catalogue ------------------------------------------------------
@pytest.mark.django_db
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
    # A mail names the language that it is written in.
    for languages, language in ((["en"], "en"), (["en", "ar"], "ar")):
        settings.INTERFACE_LANGUAGES = languages
        mail = mime.build(f.MessageFactory(language="ar"), Mail("Subject", "Text"))
        assert f"Content-Language: {language}".encode() in mail


@pytest.mark.django_db
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


@pytest.mark.django_db
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


# --- what may stand in a field --------------------------------------------------------------------------------------
def code(validator: object, value: str) -> str:
    """The code of the refusal, or nothing."""
    try:
        validator(value)  # type: ignore[operator]
    except ValidationError as problem:
        return str(problem.code)
    return ""


# --- slugs ----------------------------------------------------------------------------------------------------------
def test_no_summit_takes_an_address_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {
        *("admin", "portal", "i", "api", "accounts", "dev", "healthz", "readyz", "metrics", "robots"),
        *("static", "media", "favicon", "sitemap", "help", "about", "login", "logout", "new", "webhooks", "calendar"),
        "handbook",
    }
    assert validators.reserved_slugs() == taken
    assert {slug for slug in taken if code(validators.validate_free_slug, slug) == "reserved"} == taken
    assert code(validators.validate_free_slug, "border-security-2025") == ""
    # A new route is reserved at once.
    added = path("newsroom/", lambda request: HttpResponse())
    monkeypatch.setattr(get_resolver(), "url_patterns", [*urls.urlpatterns, added])
    assert validators.reserved_slugs() - taken == {"newsroom"}
    with pytest.raises(ValidationError, match="The system itself uses the address") as refused:
        SummitFactory.build(slug="portal").full_clean(validate_unique=False, validate_constraints=False)
    assert set(refused.value.message_dict) == {"slug"}


PRINTED = ("line\nbreak\r\n\ttab", "👩‍⚖️", "\u200fa\u202a", "\xa0", "中文", "العربية", "Zoé")
# By the code of its refusals: a validator, what it refuses and what it takes.
FORMS: dict[str, tuple[Any, tuple[str, ...], tuple[str, ...]]] = {
    "invalid": (
        slug_form,
        ("a\n", "a\r", "A", "a.b", "", "-", "a-", "-a", "a--b", "a_b", "a b", "a/b", "ä", "aaa "),
        ("a", "0", "border-security-2025", "a-b-c"),
    ),
    "zone": (
        validators.validate_time_zone,
        ("", "London", "Europe/Nowhere", "europe/london", "../etc/passwd", "/etc/localtime", "+01:00"),
        ("Europe/London", "Africa/Tunis", "Asia/Kathmandu", "UTC"),
    ),
    "colour": (
        validators.validate_colour,
        ("", "red", "#fff", "#1d4f9", "#1d4f911", "1d4f91", "#1d4f9g", "#1d4f91\n", "#1d4f91;}"),
        ("#000000", "#1d4f91", "#ABCDEF"),
    ),
    # What looks like nothing is refused, joiners within words stay.
    "unseen": (
        validators.validate_text,
        ("\u200b", "\u200f \u200e", "\u3164", "\u2800\ufe0f", "\u00ad\n"),
        ("", " ", "\n\t", "a\u200b", "می\u200cخواهم", "क्\u200dष", "❤\ufe0f", *PRINTED),
    ),
}


@pytest.mark.parametrize("refusal", FORMS)
def test_what_has_a_form(refusal: str) -> None:
    validator, wrong, right = FORMS[refusal]
    assert {text: code(validator, text) for text in wrong} == dict.fromkeys(wrong, refusal)
    assert {text: code(validator, text) for text in right} == dict.fromkeys(right, "")


# --- characters -----------------------------------------------------------------------------------------------------
def test_no_control_character_and_nothing_that_turns_the_letters_round() -> None:
    control = "Character 3 is a control character and can’t be printed. Remove it."
    override = "Character 3 is invisible and reverses the text after it. Remove it."
    refused = {chr(number): control for number in (*range(32), *range(127, 160)) if chr(number) not in "\n\r\t"}
    for character, said in {**refused, "\u202d": override, "\u202e": override}.items():
        with pytest.raises(ValidationError) as problem:
            validators.validate_text(f"ab{character}")
        assert problem.value.messages == [said]
        assert not validators.is_printable(character)
    validators.validate_text("ab\n\r\t")


def test_nothing_that_is_no_character() -> None:
    ends = [plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)]
    for number in (0xD800, 0xDFFF, 0xFDD0, 0xFDEF, *ends):
        assert code(validators.validate_text, f"ab{chr(number)}") == "control", number
        assert not validators.is_printable(chr(number))


@settings(max_examples=50)
@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\u202d\u202e")))
def test_everything_else_can_be_printed(text: str) -> None:
    # Beside a letter: alone, some of them are not seen.
    assert code(validators.validate_text, f"a{text}") == ""


def test_what_stands_in_one_line_has_no_line_breaks() -> None:
    for text in ("two\nlines", "two\r\nlines", "two\u2028lines", "two\u2029lines"):
        assert code(validators.validate_printable, text) == "line_break", text
        assert code(validators.validate_text, text) == ""
    assert code(validators.validate_printable, "a\tb and a \u200d joiner") == ""
    assert code(validators.validate_printable, "ab\0") == "control"


def test_each_column_takes_lines_as_its_control_does() -> None:
    one, several = validators.validate_printable, validators.validate_text
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    texts = [isinstance(field, models.TextField) for field in fields]
    other = [one if is_text else several for is_text in texts]
    assert [str(field) for field, wrong in zip(fields, other, strict=True) if wrong in field.validators] == []


@pytest.mark.django_db
def test_the_api_takes_no_line_breaks_into_names() -> None:
    summit = f.SummitFactory()
    desk = signed_in(f.UserFactory.with_role(Role.PROTOCOL, summit))
    said = {"name": "Alba\nnia", "formal_name": "Republic", "sort_key": "Albania", "kind": "country"}
    refused = desk.post(f"/api/v1/summits/{summit.slug}/desk/parties/", said, content_type="application/json")
    assert refused.status_code == 422
    assert "Enter a single line. Remove the line break." in refused.content.decode()
