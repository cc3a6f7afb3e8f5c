"""What the library of ISO 3166 would call a summit's parties in a language: suggestions, which a person confirms.

The library lacks Kosovo and the European Union, knows no sub-state government, and calls one state by two kinds of
name: nothing of it is applied by itself.
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
    """A party that has no name in a language, and what the library calls it there, "" where it knows none."""

    party: Party
    name: str


def languages(summit: Summit) -> list[tuple[str, str]]:
    """Return the languages, other than the summit's first, in which parties can be named."""
    return [(code, name) for code, name in settings.LANGUAGES if code != summit.language]


def _unnamed(summit: Summit, language: str) -> QuerySet[Party]:
    return Party.objects.filter(summit=summit).exclude(names__language=language)


def numbers(summit: Summit, language: str) -> dict[str, int]:
    """Return how many of a summit's parties have no name in a language ("unnamed"), and for how many of these the
    library has none either, since they are no countries ("lacking"). One query."""
    found: dict[str, int] = _unnamed(summit, language).aggregate(
        unnamed=Count("pk"), lacking=Count("pk", filter=Q(iso_code=""))
    )
    return found


def proposals(summit: Summit, language: str, most: int | None = None) -> list[Proposal]:
    """Return a summit's parties without a name in a language, in the order of the alphabet of its first, the first
    `most` of them. One query."""
    rows = _unnamed(summit, language)
    with translation.override(language):
        return [
            Proposal(party, str(countries.name(party.iso_code)) if party.iso_code else "")
            for party in party_names.in_order(rows, summit.language)[:most]
        ]
