"""Countries to choose from, in the reader's language: what a passport names, never what a party is called."""

from functools import cache

from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from summit.core.text_normalisation import fold

# User-assigned codes of ISO 3166-1 for what passports name beside its list (ICAO Doc 9303, part 3, section 5).
KOSOVO, STATELESS = "XK", "XX"


@cache
def _choices(language: str) -> tuple[tuple[str, str], ...]:
    with translation.override(language):
        found = {str(code): str(name) for code, name in countries}
        found[KOSOVO] = _("Kosovo")
        ordered = sorted(found.items(), key=lambda entry: fold(entry[1]))
        return (*ordered, (STATELESS, _("stateless or not stated")))


def choices() -> tuple[tuple[str, str], ...]:
    """Return codes of two letters and names in the language that is active, in the order of the names."""
    return _choices(translation.get_language() or "en")


def name_of(code: str) -> str:
    """Return what a code is called in the language that is active; the code itself where it is unknown."""
    return dict(choices()).get(code, code)
