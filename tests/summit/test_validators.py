"""What may stand in a field."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from summit.models import validators
from summit.models.summits import slug_form


def code(validator: object, value: str) -> str:
    """The code of the refusal, or nothing."""
    try:
        validator(value)  # type: ignore[operator]
    except ValidationError as problem:
        return str(problem.code)
    return ""


# --- slugs ----------------------------------------------------------------------------------------------------------
def test_no_summit_takes_an_address_of_the_system() -> None:
    taken = {
        *("admin", "portal", "i", "api", "accounts", "dev", "healthz", "readyz", "metrics", "robots"),
        *("static", "media", "favicon", "sitemap", "help", "about", "login", "logout", "new", "webhooks", "calendar"),
    }
    assert validators.reserved_slugs() == taken
    assert {slug for slug in taken if code(validators.validate_free_slug, slug) == "reserved"} == taken
    assert code(validators.validate_free_slug, "border-security-2025") == ""


def test_every_route_is_reserved() -> None:
    firsts = {str(entry.pattern).split("/")[0].split(".")[0] for entry in get_resolver().url_patterns}
    assert {first for first in firsts if first and "<" not in first} <= validators.reserved_slugs()


@pytest.mark.parametrize("text", ["\u200b", "\u200f \u200e", "\u3164", "\u2800\ufe0f", "\u00ad\n"])
def test_what_looks_like_nothing_is_refused(text: str) -> None:
    assert code(validators.validate_printable, text) == "unseen"


@pytest.mark.parametrize("text", ["", " ", "\n\t", "a\u200b", "می\u200cخواهم", "क्\u200dष", "❤\ufe0f"])
def test_joiners_within_words_stay(text: str) -> None:
    assert code(validators.validate_printable, text) == ""


@pytest.mark.parametrize("slug", ["a\n", "a\r", "A", "a.b", "", "-", "a-", "ä", "a" * 3 + " "])
def test_slugs_that_are_none(slug: str) -> None:
    assert code(slug_form, slug) == "invalid"


# --- zones ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("zone", ["Europe/London", "Africa/Tunis", "Asia/Kathmandu", "UTC"])
def test_zones(zone: str) -> None:
    assert code(validators.validate_time_zone, zone) == ""


@pytest.mark.parametrize(
    "zone", ["", "London", "Europe/Nowhere", "europe/london", "../etc/passwd", "/etc/localtime", "+01:00"]
)
def test_zones_that_are_none(zone: str) -> None:
    assert code(validators.validate_time_zone, zone) == "zone"


# --- characters -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text", ["", "Zoé", "line\nbreak\r\n\ttab", "العربية", "中文", "👩‍⚖️", "\u200fa\u202a", "\xa0"]
)
def test_what_can_be_printed(text: str) -> None:
    assert code(validators.validate_printable, text) == ""


@pytest.mark.parametrize("number", [n for n in (*range(32), *range(127, 160)) if chr(n) not in "\n\r\t"])
def test_no_control_character(number: int) -> None:
    with pytest.raises(ValidationError) as problem:
        validators.validate_printable(f"ab{chr(number)}")
    assert problem.value.messages == ["Character 3 is a control character. Remove it: it can't be printed."]


NO_CHARACTERS = [0xFDD0, 0xFDEF, *(plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF))]


@pytest.mark.parametrize("number", [0xD800, 0xDFFF, *NO_CHARACTERS])
def test_nothing_that_is_no_character(number: int) -> None:
    assert code(validators.validate_printable, f"ab{chr(number)}") == "control"
    assert not validators.is_printable(chr(number))


@pytest.mark.parametrize("override", ["\u202d", "\u202e"])
def test_nothing_that_turns_the_letters_round(override: str) -> None:
    with pytest.raises(ValidationError) as problem:
        validators.validate_printable(f"ab{override}")
    assert problem.value.messages == ["Character 3 is invisible and turns round what stands after it. Remove it."]
    assert not validators.is_printable(override)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\u202d\u202e")))
def test_everything_else_can_be_printed(text: str) -> None:
    # Beside a letter: alone, some of them are not seen.
    assert code(validators.validate_printable, f"a{text}") == ""


# --- colours --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("colour", ["#000000", "#1d4f91", "#ABCDEF"])
def test_colours(colour: str) -> None:
    assert code(validators.validate_colour, colour) == ""


@pytest.mark.parametrize(
    "colour", ["", "red", "#fff", "#1d4f9", "#1d4f911", "1d4f91", "#1d4f9g", "#1d4f91\n", "#1d4f91;}"]
)
def test_colours_that_are_none(colour: str) -> None:
    assert code(validators.validate_colour, colour) == "colour"
