"""The countries of a synthetic summit: the member states of the United Nations, from a library of ISO countries."""

from django_countries import countries
from django_countries.fields import Country

HOST = "GB"
# ISO 3166 codes of territories and others that aren't member states. Leaving them out isn't a statement; it only
# gives a synthetic summit the familiar number of 193.
_NOT_MEMBERS = frozenset(
    "AX AS AI AQ AW BM BQ BV IO KY CX CC CK CW FK FO GF PF TF GI GL GP GU GG HM VA HK IM JE MO MQ YT MS NC NU NF MP "  # noqa: SIM905
    "PS PN PR RE BL SH MF PM SX GS SJ TW TK TC UM VG VI WF EH".split()
)


def delegations(number: int) -> list[tuple[str, str]]:
    """Return the names and ISO codes of `number` delegations. The first is the United Kingdom, as the host.

    Delegations beyond the number of countries have a number as the name, and "" as the code.
    """
    world = [
        (_name(country), country.code) for country in map(_country, countries) if country.code not in _NOT_MEMBERS
    ]
    world.sort(key=lambda entry: (entry[1] != HOST, entry[1]))
    numbered = [(f"Delegation {position + 1}", "") for position in range(len(world), number)]
    return [*world[:number], *numbered]


def _country(entry: tuple[str, str]) -> Country:
    return Country(code=entry[0])


def _name(country: Country) -> str:
    return str(country.name)
