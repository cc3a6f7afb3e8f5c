"""The countries that can be chosen as a nationality or as the issuer of a passport, in the reader's language.

Parties' names come from the host; an import only proposes these.
"""

from functools import cache

from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from summit.core.text_normalisation import fold

# User-assigned codes of ISO 3166-1 that passports use (ICAO Doc 9303, part 3, section 5).
KOSOVO, STATELESS = "XK", "XX"


@cache
def _choices(language: str) -> tuple[tuple[str, str], ...]:
    with translation.override(language):
        names = {str(code): str(name) for code, name in countries}
        names[KOSOVO] = _("Kosovo")
        ordered = sorted(names.items(), key=lambda entry: fold(entry[1]))
        return (*ordered, (STATELESS, _("stateless or not stated")))


def choices() -> tuple[tuple[str, str], ...]:
    """Return (two-letter code, name in the active language) for each choice, sorted by name."""
    return _choices(translation.get_language() or "en")


def name_of(code: str) -> str:
    """Return the name for a code in the active language, or the code itself if it is unknown."""
    return dict(choices()).get(code, code)
