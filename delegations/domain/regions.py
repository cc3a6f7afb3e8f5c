"""The countries that are proposed when parties are entered: the members and observers of the United Nations, by the
regions of the desks' overviews (not the United Nations' own). Names come from a library of ISO 3166.

Both only propose.
"""

from functools import cache

from django.conf import settings
from django.utils import translation
from django_countries import countries

from delegations.models import Region

_CODES = {
    Region.AFRICA: (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ ER ET GA GH GM GN GQ GW KE KM LR LS MG ML MR MU MW MZ NA NE NG RW SC SD "
        "SL SN SO SS ST SZ TD TG TZ UG ZA ZM ZW"
    ),
    Region.AMERICAS: (
        "AG AR BB BO BR BS BZ CA CL CO CR CU DM DO EC GD GT GY HN HT JM KN LC MX NI PA PE PY SR SV TT US UY VC VE"
    ),
    Region.ASIA: (
        "AF AU BD BN BT CN FJ FM ID IN JP KG KH KI KP KR KZ LA LK MH MM MN MV MY NP NR NZ PG PH PK PW SB SG TH TJ TL "
        "TM TO TV UZ VN VU WS"
    ),
    Region.EUROPE: (
        "AD AL AM AT AZ BA BE BG BY CH CY CZ DE DK EE ES FI FR GB GE GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL "
        "NO PL PT RO RS RU SE SI SK SM TR UA VA"
    ),
    Region.MIDDLE_EAST: "AE BH DZ EG IL IQ IR JO KW LB LY MA OM PS QA SA SY TN YE",
}

REGION_OF: dict[str, Region] = {code: region for region, codes in _CODES.items() for code in codes.split()}


@cache
def names(language: str) -> dict[str, str]:
    """Return the names of these countries by their codes, in a language."""
    with translation.override(language):
        return {code: str(countries.name(code)) for code in REGION_OF}


@cache
def _codes_by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        found |= {name.casefold(): code for code, name in names(language).items()}
    return found


def code_of(name: str) -> str:
    """Return the code of the country that is called so in any language of the system, or ""."""
    return _codes_by_name().get(" ".join(name.split()).casefold(), "")


def in_language(name: str, language: str) -> tuple[str, str]:
    """Return what the country that is called so, in any language of the system, is called in `language`, and the
    language of the name that was given; the name itself and "" where it is that already, or no country's."""
    code = code_of(name)
    given = " ".join(name.split())
    if not code or names(language)[code].casefold() == given.casefold():
        return name, ""
    theirs = [each for each, _name in settings.LANGUAGES if names(each)[code].casefold() == given.casefold()]
    return names(language)[code], theirs[0]


def proposed(language: str) -> list[tuple[Region, list[tuple[str, str]]]]:
    """Return the countries as (code, name), by region, in the order of their names."""
    by_region: dict[Region, list[tuple[str, str]]] = {}
    for code, name in sorted(names(language).items(), key=lambda entry: entry[1].casefold()):
        by_region.setdefault(REGION_OF[code], []).append((code, name))
    return [(region, by_region[region]) for region in _CODES]
