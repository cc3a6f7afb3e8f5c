"""What a cell says, as the form of a person and the columns of a party take it."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from delegations.domain import countries
from delegations.domain.naming import kind_word
from delegations.models import Capacity, Category, PartyKind, PassportType, Sex
from summit.core.text_normalisation import fold

_DOTTED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


class Unreadable(Exception):
    """A cell can't be understood, with a sentence that says what to write."""


def _in_all_languages(pairs: Callable[[], Iterable[tuple[str, Any]]]) -> dict[str, str]:
    """Return values by their labels in every language of the system, folded, and by themselves."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {fold(str(label)): str(value) for value, label in pairs()}
    return found | {fold(value): value for value in list(found.values())}


@cache
def _sexes() -> dict[str, str]:
    return _in_all_languages(lambda: Sex.choices)


@cache
def _passports() -> dict[str, str]:
    known = _in_all_languages(lambda: PassportType.choices)
    short = {value: value for value in PassportType.values} | {
        "p": "ordinary",
        "d": "diplomatic",
        "s": "official",
        "diplomatic": "diplomatic",
        "service": "official",
        "ordinary": "ordinary",
    }
    return known | short


@cache
def _kinds() -> dict[str, str]:
    # What a summit calls them that doesn't say "country" is understood everywhere.
    others = _in_all_languages(lambda: [(PartyKind.COUNTRY.value, kind_word(PartyKind.COUNTRY, says_country=False))])
    return others | _in_all_languages(lambda: PartyKind.choices)


@cache
def _languages() -> dict[str, str]:
    codes = [code for code, _name in settings.LANGUAGES]
    found = _in_all_languages(lambda: ((code, get_language_info(code)["name_translated"]) for code in codes))
    for code in codes:
        info = get_language_info(code)
        found |= {fold(word): code for word in (code, info["name"], info["name_local"])}
    return found


def _one_of(known: dict[str, str], said: str) -> str:
    """Return the value, or what was said where it is none: the form refuses it in its words."""
    return known.get(fold(said), said)


def day(said: str) -> str:
    """Return a day as ISO 8601 writes it. Raises Unreadable where the month can't be told from the day."""
    found = _DOTTED.fullmatch(said)
    if not found:
        return said
    first, second, year = map(int, found.groups())
    if "/" in said and first <= 12 and second <= 12 and first != second:
        raise Unreadable(
            _("In “%(said)s” day and month can’t be told apart. Write it as 2025-03-31.") % {"said": said}
        )
    for month, number in ((second, first), (first, second)):
        try:
            return date(year, month, number).isoformat()
        except ValueError:
            continue
    return said


def cell(name: str, said: str) -> str:
    """Return what the form takes for a field of a person. Raises Unreadable."""
    if name in ("birth_date", "passport_expiry"):
        return day(said)
    if name in ("arrives_at", "departs_at"):
        first, sign, clock = said.replace("T", " ").partition(" ")
        return f"{day(first)}{sign}{clock}"
    if name == "nationality":
        return countries.code_of(said) or said
    known = {"sex": _sexes, "passport_type": _passports, "language": _languages}.get(name)
    return _one_of(known(), said) if known else said


def kinds_offered(*, says_country: bool) -> list[str]:
    """Return the words for the kinds of party that a table may bring."""
    return [kind_word(kind, says_country=says_country) for kind in PartyKind if kind != PartyKind.GUEST]


def party_kind(said: str, *, says_country: bool = True) -> str:
    """Return a kind of party by its word in any language. Raises Unreadable."""
    found = _kinds().get(fold(said))
    if found is None or found == PartyKind.GUEST:
        offered = ", ".join(kinds_offered(says_country=says_country))
        problem = _("“%(said)s” is no kind of party. Write one of: %(offered)s.")
        raise Unreadable(problem % {"said": said, "offered": offered})
    return found


def category(said: str, categories: dict[str, Category], *, offered: Iterable[Category]) -> Category:
    """Return a summit's category by its code or name, in any language. Raises Unreadable, which names those that
    whoever reads it may choose."""
    wanted = fold(said)
    for row in categories.values():
        if wanted in {fold(row.code), *(fold(str(name)) for name in row.names.values())}:
            return row
    capacity = _in_all_languages(lambda: Capacity.choices).get(wanted)
    if capacity in categories:
        return categories[capacity]
    names = ", ".join(str(row) for row in sorted(offered, key=lambda row: (row.position, row.pk)))
    problem = _("“%(said)s” is no category of this summit. Write one of: %(offered)s.")
    raise Unreadable(problem % {"said": said, "offered": names})
