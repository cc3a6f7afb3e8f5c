"""What may stand in a field, said once."""

import re
import unicodedata
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import gettext_lazy as _

_SEGMENT = re.compile(r"[a-z0-9][a-z0-9-]*")
# Names that are no route today, kept free for what will want them.
KEPT_FREE = frozenset({"static", "media", "favicon", "robots", "sitemap", "help", "about", "login", "logout", "new"})


def reserved_slugs() -> frozenset[str]:
    """Return the first segments of all routes, and the names kept free: no summit's slug may be one of them."""
    found: set[str] = set(KEPT_FREE)

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for entry in patterns:
            route = prefix + str(entry.pattern).lstrip("^")
            first = _SEGMENT.match(route)
            if first:
                found.add(first.group())
            elif isinstance(entry, URLResolver) and not route:
                walk(entry.url_patterns, route)

    walk(get_resolver().url_patterns, "")
    return frozenset(found)


def validate_free_slug(value: str) -> None:
    """Refuse a slug that is an address of the system itself."""
    if value in reserved_slugs():
        raise ValidationError(
            _("“%(slug)s” is an address of the system itself. Choose another, such as “%(slug)s-2025”."),
            code="reserved",
            params={"slug": value},
        )


def validate_time_zone(value: str) -> None:
    """Refuse what is no zone of the IANA database."""
    if value not in available_timezones():
        raise ValidationError(
            _("“%(zone)s” is no time zone. Use a name like “Europe/London”."), code="zone", params={"zone": value}
        )
    ZoneInfo(value)


FIRST_YEAR, LAST_YEAR = 1900, 2199


def validate_year(value: date) -> None:
    """Refuse days and moments from which one can't count on in every zone, and most slips of the finger."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(
            _("Give a year between %(first)s and %(last)s."),
            code="year",
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )


# They make words read otherwise than they are written; the isolates (U+2066 to U+2069) do what writers need.
OVERRIDES = frozenset("\u202d\u202e")


def _has_no_place(character: str) -> bool:
    """Return whether a character is a control character, half of one, or none at all: XML can't hold it."""
    if character in "\n\r\t":
        return False
    number = ord(character)
    return unicodedata.category(character) in ("Cc", "Cs") or number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF


# Spaces, joiners, marks of direction and fillers: what is made of them alone looks like nothing at all.
_BLANK = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)


def is_printable(value: str) -> bool:
    """Return whether every document can hold these words as they are written."""
    return not any(character in OVERRIDES or _has_no_place(character) for character in value)


def validate_text(value: str) -> None:
    """Refuse control characters, which no document can hold, those that turn the order of letters round, and words
    of which nothing is seen; line breaks and tabs are allowed."""
    if _BLANK.fullmatch(value) and not value.isspace():
        # Not "blank": Django's fields have words of their own for that, which say what isn't so.
        raise ValidationError(_("Nothing of this is seen. Write it anew, or leave it empty."), code="unseen")
    # Python's word for it is stricter: whatever it lets pass needs no second look.
    if value.isprintable():
        return
    for position, character in enumerate(value, 1):
        if _has_no_place(character):
            raise ValidationError(
                _("Character %(position)d is a control character. Remove it: it can't be printed."),
                code="control",
                params={"position": position},
            )
        if character in OVERRIDES:
            raise ValidationError(
                _("Character %(position)d is invisible and turns round what stands after it. Remove it."),
                code="override",
                params={"position": position},
            )


# What ends a line; the others that do are control characters.
_BREAKS = frozenset("\n\r\u2028\u2029")


def validate_printable(value: str) -> None:
    """Refuse in what stands in one line, such as a name, a title or an office, what `validate_text` refuses, and line
    breaks."""
    validate_text(value)
    if not _BREAKS.isdisjoint(value):
        raise ValidationError(_("This has to be one line. Take out the line break."), code="line_break")


# What the columns of addresses hold; Django's own check lets longer ones pass, which PostgreSQL refuses to store.
MAILBOX_LENGTH = 254


def validate_mailbox(value: str) -> None:
    """Refuse what is no e-mail address, and what is too long to be kept."""
    validate_email(value)
    if len(value) > MAILBOX_LENGTH:
        raise ValidationError(validate_email.message, code=validate_email.code)


def validate_colour(value: str) -> None:
    """Refuse what is no colour of six hexadecimal digits."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValidationError(_("Give the colour as # and six digits, such as #1d4f91."), code="colour")
