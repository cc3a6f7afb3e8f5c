"""Groups of parties to filter by: continents, United Nations regional groups, the EU, the G20, and the summit's own.

A party may be in several groups. The ISO 3166 code alone decides to which groups of countries a party belongs. The
continents are those of the United Nations' M49. Türkiye is in two United Nations groups. The United States is in one
of them, as an observer.
"""

from django.db.models import Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from delegations.parties.models.groups import PartyGroup
from delegations.parties.models.parties import Party
from summit.summits.models import Summit


class RegionGroup(TextChoices):
    """A predefined group of countries."""

    AFRICA = "africa", _("Africa")
    AMERICAS = "americas", _("the Americas")
    ASIA = "asia", _("Asia")
    EUROPE = "europe", _("Europe")
    OCEANIA = "oceania", _("Oceania")
    UN_AFRICA = "un-africa", _("UN: African States")
    UN_ASIA = "un-asia", _("UN: Asia-Pacific States")
    UN_EAST = "un-east", _("UN: Eastern European States")
    UN_LATIN = "un-latin", _("UN: Latin American and Caribbean States")
    UN_WEST = "un-west", _("UN: Western European and other States")
    EU = "eu", _("European Union")
    G20 = "g20", _("G20")


CONTINENTS = (RegionGroup.AFRICA, RegionGroup.AMERICAS, RegionGroup.ASIA, RegionGroup.EUROPE, RegionGroup.OCEANIA)
# Parties without a country code: organisations, companies, guests.
NO_COUNTRY = "none"
_AFRICA = (
    "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG "
    "RW SC SD SL SN SO SS ST SZ TD TG TN TZ UG ZA ZM ZW"
)
_LATIN = "AG AR BB BO BR BS BZ CL CO CR CU DM DO EC GD GT GY HN HT JM KN LC MX NI PA PE PY SR SV TT UY VC VE"
_CODES: dict[RegionGroup, str] = {
    RegionGroup.AFRICA: _AFRICA,
    RegionGroup.AMERICAS: f"{_LATIN} CA US",
    RegionGroup.ASIA: (
        "AE AF AM AZ BD BH BN BT CN CY GE ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MV MY NP OM PH PK PS "
        "QA SA SG SY TH TJ TL TM TR UZ VN YE"
    ),
    RegionGroup.EUROPE: (
        "AD AL AT BA BE BG BY CH CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO "
        "RS RU SE SI SK SM UA VA"
    ),
    RegionGroup.OCEANIA: "AU FJ FM KI MH NR NZ PG PW SB TO TV VU WS",
    RegionGroup.UN_AFRICA: _AFRICA,
    RegionGroup.UN_ASIA: (
        "AE AF BD BH BN BT CN CY FJ FM ID IN IQ IR JO JP KG KH KI KP KR KW KZ LA LB LK MH MM MN MV MY NP NR OM PG PH "
        "PK PW QA SA SB SG SY TH TJ TL TM TO TR TV UZ VN VU WS YE"
    ),
    RegionGroup.UN_EAST: "AL AM AZ BA BG BY CZ EE GE HR HU LT LV MD ME MK PL RO RS RU SI SK UA",
    RegionGroup.UN_LATIN: _LATIN,
    RegionGroup.UN_WEST: "AD AT AU BE CA CH DE DK ES FI FR GB GR IE IL IS IT LI LU MC MT NL NO NZ PT SE SM TR US",
    RegionGroup.EU: "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
    RegionGroup.G20: "AR AU BR CA CN DE FR GB ID IN IT JP KR MX RU SA TR US ZA",
}
CODES_OF: dict[str, frozenset[str]] = {str(group.value): frozenset(codes.split()) for group, codes in _CODES.items()}


def choices(summit: Summit | None) -> list[tuple[str, Promise | str]]:
    """Return (group's id, name) for all groups, the summit's own groups first.

    Makes one query, or none without a summit.
    """
    own_groups = PartyGroup.objects.filter(summit=summit).values_list("public_id", "name") if summit else ()
    return [*own_groups, *[(str(group.value), group.label) for group in RegionGroup], (NO_COUNTRY, _("no country"))]


def within(group: str, prefix: str = "") -> Q:
    """Return a condition for the parties of a group, by an id from `choices`.

    `prefix` is the lookup prefix from the rows to their parties, such as "party__".
    """
    if group == NO_COUNTRY:
        return Q(**{f"{prefix}iso_code": ""})
    if group in CODES_OF:
        return Q(**{f"{prefix}iso_code__in": CODES_OF[group]})
    links = PartyGroup.parties.through.objects.filter(partygroup__public_id=group)
    return Q(**{f"{prefix}pk__in": links.values("party")})


def continent_of(code: str) -> str:
    """Return the continent of a country by its ISO 3166 code.

    Return NO_COUNTRY for "" and for codes without a continent.
    """
    return next((str(group.value) for group in CONTINENTS if code in CODES_OF[group]), NO_COUNTRY)


def groups_of(party: Party) -> list[Promise | str]:
    """Return the names of a party's groups, the summit's own groups first. Makes one query."""
    own_names = [group.name for group in party.party_groups.all()]
    return [*own_names, *[group.label for group in RegionGroup if party.iso_code in CODES_OF[group]]]
