"""Finds the kind of party that a name means, in any language of the system."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from delegations.parties.models.parties import PartyKind
from delegations.parties.selectors.party_names import kind_word
from summit.core.text_normalisation import fold


class Unreadable(Exception):
    """A cell of an import file can't be read. The message says what to write."""


def in_all_languages(pairs: Callable[[], Iterable[tuple[str, Any]]]) -> dict[str, str]:
    """Return a dict from label to value, with the labels in every language of the system.

    `pairs` returns (value, label) in the active language. Each value is also a key of itself. The keys are folded.
    """
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {fold(str(label)): str(value) for value, label in pairs()}
    return found | {fold(value): value for value in list(found.values())}


@cache
def _kinds() -> dict[str, str]:
    # The word for countries in summits that don't say "country" is accepted in all summits.
    country_words = in_all_languages(
        lambda: [(PartyKind.COUNTRY.value, kind_word(PartyKind.COUNTRY, says_country=False))]
    )
    return country_words | in_all_languages(lambda: PartyKind.choices)


def kinds_offered(*, says_country: bool) -> list[str]:
    """Return the names of the kinds of party that can be imported, in the active language."""
    return [kind_word(kind, says_country=says_country) for kind in PartyKind if kind != PartyKind.GUEST]


def party_kind(said: str, *, says_country: bool = True) -> str:
    """Return the kind of party that a name in any language means.

    Raises Unreadable for an unknown name, and for a single guest, who can't be imported.
    """
    kind = _kinds().get(fold(said))
    if kind is None or kind == PartyKind.GUEST:
        offered = ", ".join(kinds_offered(says_country=says_country))
        problem = _("“%(said)s” is not a delegation type. Enter one of: %(offered)s.")
        raise Unreadable(problem % {"said": said, "offered": offered})
    return kind
