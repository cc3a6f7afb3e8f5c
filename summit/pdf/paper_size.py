"""The size of paper that a country prints on: A4, or US Letter where that is the standard."""

from functools import cache
from importlib import resources

from summit.summits.models import Summit

A4, LETTER = "a4", "us-letter"
# Territories whose standard is US Letter, of Unicode's CLDR (supplementalData, measurementData/paperSize).
_LETTER_TERRITORIES = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])


def paper_of(summit: Summit) -> str:
    """Return the paper of a summit's documents, as typst calls it: "a4" or "us-letter".

    It is that of the country in which the venue's time zone is.
    """
    return LETTER if _territories().get(summit.time_zone) in _LETTER_TERRITORIES else A4


@cache
def _territories() -> dict[str, str]:
    """Return the ISO 3166 code of the country of each time zone, from the tz database's zone.tab."""
    table = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {zone: territory for territory, _place, zone, *_comment in rows}
