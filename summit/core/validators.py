"""Validators of field values that several apps share."""

import re
import unicodedata
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext_lazy as _

_SEGMENT = re.compile(r"[a-z0-9][a-z0-9-]*")
# Names that are not routes today and are reserved for later ones.
KEPT_FREE = frozenset({"static", "media", "favicon", "robots", "sitemap", "help", "about", "login", "logout", "new"})


def reserved_slugs() -> frozenset[str]:
    """Return the names that can't be the slug of a summit: the first segments of all routes, and KEPT_FREE."""
    segments: set[str] = set(KEPT_FREE)

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for entry in patterns:
            route = prefix + str(entry.pattern).lstrip("^")
            match = _SEGMENT.match(route)
            if match:
                segments.add(match.group())
            elif isinstance(entry, URLResolver) and not route:
                walk(entry.url_patterns, route)

    walk(get_resolver().url_patterns, "")
    return frozenset(segments)


def validate_free_slug(value: str) -> None:
    """Raise ValidationError for a slug that is the first part of one of the system's own URLs, or in KEPT_FREE."""
    if value in reserved_slugs():
        raise ValidationError(
            _("The system itself uses the address “%(slug)s”. Choose another, such as “%(slug)s-2025”."),
            code="reserved",
            params={"slug": value},
        )


def validate_time_zone(value: str) -> None:
    """Raise ValidationError for a name that isn't a zone of the IANA time zone database."""
    if value not in available_timezones():
        raise ValidationError(
            _("“%(zone)s” is not a time zone. Use a name such as “Europe/London”."),
            code="zone",
            params={"zone": value},
        )
    ZoneInfo(value)


FIRST_YEAR, LAST_YEAR = 1900, 2199


def validate_year(value: date) -> None:
    """Raise ValidationError for a day or a moment outside the years FIRST_YEAR to LAST_YEAR.

    Outside these years, calculations could overflow in some time zone. The limits also catch most typing errors.
    """
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            _("Enter a year between %(first)s and %(last)s."),
            code="year",
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )


# Direction overrides display letters in another order than they are written. Writers who need to set a direction can
# use the isolates (U+2066 to U+2069).
OVERRIDES = frozenset("\u202d\u202e")


def _has_no_place(character: str) -> bool:
    """Return whether a character is a control character, a surrogate or a noncharacter, which XML can't contain."""
    if character in "\n\r\t":
        return False
    number = ord(character)
    return unicodedata.category(character) in ("Cc", "Cs") or number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF


# Spaces, joiners, direction marks and fillers: a text of these alone is invisible.
_BLANK = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)


def is_printable(value: str) -> bool:
    """Return whether a text has no control characters, direction overrides or other unprintable characters."""
    return not any(character in OVERRIDES or _has_no_place(character) for character in value)


def validate_text(value: str) -> None:
    """Raise ValidationError for a text with control characters or direction overrides, or with nothing visible.

    Line breaks and tabs are allowed, and so are empty texts.
    """
    if _BLANK.fullmatch(value) and not value.isspace():
        # Not the code "blank": Django's fields have a message for that code, which would be wrong here.
        raise ValidationError(_("This text is invisible. Type it again, or leave it blank."), code="unseen")
    # Python's isprintable is stricter: a text that passes it needs no further check.
    if value.isprintable():
        return
    for position, character in enumerate(value, 1):
        if _has_no_place(character):
            raise ValidationError(
                _("Character %(position)d is a control character and can’t be printed. Remove it."),
                code="control",
                params={"position": position},
            )
        if character in OVERRIDES:
            raise ValidationError(
                _("Character %(position)d is invisible and reverses the text after it. Remove it."),
                code="override",
                params={"position": position},
            )


# Line breaks. The other characters that end a line are control characters.
_BREAKS = frozenset("\n\r\u2028\u2029")


def validate_printable(value: str) -> None:
    """Raise ValidationError for a text that `validate_text` refuses, or that has line breaks.

    Use it for values of one line, such as a name, a title or an office.
    """
    validate_text(value)
    if not _BREAKS.isdisjoint(value):
        raise ValidationError(_("Enter a single line. Remove the line break."), code="line_break")


# The length of columns for e-mail addresses. Django's check accepts longer ones, which PostgreSQL refuses to store.
MAILBOX_LENGTH = 254


def validate_mailbox(value: str) -> None:
    """Raise ValidationError for a text that isn't an e-mail address, or is longer than MAILBOX_LENGTH."""
    validate_email(value)
    if len(value) > MAILBOX_LENGTH:
        raise ValidationError(validate_email.message, code=validate_email.code)


def validate_colour(value: str) -> None:
    """Raise ValidationError for a text that isn't a colour of # and six hexadecimal digits."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValidationError(_("Enter a colour as # and six hexadecimal digits, such as #1d4f91."), code="colour")
