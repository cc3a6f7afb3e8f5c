"""What may stand in a field."""

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpResponse
from django.urls import get_resolver, path
from hypothesis import given, settings
from hypothesis import strategies as st

from summit import urls
from summit.core import validators
from summit.permissions.models import Role
from summit.summits.models import slug_form
from tests import factories as f
from tests.clients import signed_in
from tests.factories import SummitFactory


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
