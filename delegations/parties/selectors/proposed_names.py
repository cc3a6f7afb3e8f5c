"""Proposals for parties' names in a language, from the ISO 3166 library.

A user has to confirm each proposal. The library has neither Kosovo nor the European Union, and no sub-state
governments. Its names of states differ in style.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django_countries import countries

from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.summits.models import Summit


@dataclass(frozen=True)
class Proposal:
    """A party that has no name in a language, with the library's name in this language, or "" if there is none."""

    party: Party
    name: str


def languages(summit: Summit) -> list[tuple[str, str]]:
    """Return the languages other than the summit's first, as (code, name)."""
    return [(code, name) for code, name in settings.LANGUAGES if code != summit.language]


def _unnamed(summit: Summit, language: str) -> QuerySet[Party]:
    return Party.objects.filter(summit=summit).exclude(names__language=language)


def numbers(summit: Summit, language: str) -> dict[str, int]:
    """Return how many parties have no name in a language, as "unnamed". Makes one query.

    "lacking" is how many of these have no name in the library either, because they have no country code.
    """
    counts: dict[str, int] = _unnamed(summit, language).aggregate(
        unnamed=Count("pk"), lacking=Count("pk", filter=Q(iso_code=""))
    )
    return counts


def proposals(summit: Summit, language: str, most: int | None = None) -> list[Proposal]:
    """Return the first `most` parties without a name in a language, with proposals. Makes one query.

    The parties are in the alphabetical order of the summit's first language.
    """
    rows = _unnamed(summit, language)
    with translation.override(language):
        return [
            Proposal(party, str(countries.name(party.iso_code)) if party.iso_code else "")
            for party in party_names.in_order(rows, summit.language)[:most]
        ]
