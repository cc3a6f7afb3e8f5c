"""The names of the United Nations' members and observers in each language, from an ISO 3166 library.

These names are only proposals for parties' names.
"""

from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from delegations.parties.selectors.regions import CODES_OF, CONTINENTS, RegionGroup

_STATES = frozenset(code for group in CONTINENTS for code in CODES_OF[group])
# Observers at the United Nations, not members: the host decides whether it recognises them.
_OBSERVERS = frozenset({"VA", "PS"})


def recognition_note(code: str) -> str:
    """Return the sentence that the host decides whether it recognises a country, or "" for a member of the United
    Nations."""
    if code in _OBSERVERS:
        return _("A United Nations observer, not a member. Check recognition and flag.")
    return "" if code in _STATES else _("Not a member of the United Nations. Check recognition and flag.")


@cache
def names(language: str) -> dict[str, str]:
    """Return a dict from the country codes of members and observers to their names in a language."""
    with translation.override(language):
        return {code: str(countries.name(code)) for code in _STATES}


@cache
def _codes_by_name() -> dict[str, str]:
    codes: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        codes |= {name.casefold(): code for code, name in names(language).items()}
    return codes


def code_of(name: str) -> str:
    """Return the code of the country with this name in any language of the system, or ""."""
    return _codes_by_name().get(" ".join(name.split()).casefold(), "")


def in_language(name: str, language: str) -> tuple[str, str]:
    """Return a country's name in `language`, and the language of the name that was given.

    The given name may be in any language of the system. If it is the name in `language` already, or no country's
    name, return the given name and "".
    """
    code = code_of(name)
    normalised = " ".join(name.split())
    if not code or names(language)[code].casefold() == normalised.casefold():
        return name, ""
    languages = [each for each, _name in settings.LANGUAGES if names(each)[code].casefold() == normalised.casefold()]
    return names(language)[code], languages[0]


def proposed(language: str) -> list[tuple[RegionGroup, list[tuple[str, str]]]]:
    """Return the countries by continent, as (code, name) sorted by name."""
    ordered = sorted(names(language).items(), key=lambda entry: entry[1].casefold())
    return [(group, [pair for pair in ordered if pair[0] in CODES_OF[group]]) for group in CONTINENTS]
