"""A party from a row of a table. Names are entered as they are written; a library of ISO countries only tells which
country is meant."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from delegations.domain import regions
from delegations.domain.incoming import values
from delegations.domain.incoming.values import Unreadable
from delegations.models import Party, PartyKind
from summit.models import Summit

# Observers of the United Nations, no members: whether the host recognises them is for the host to say.
OBSERVERS = frozenset({"VA", "PS"})


@dataclass(frozen=True)
class PartyRow:
    """What a row says of a party: `written` is its code as it is written, `code` what that is by ISO 3166."""

    key: str = ""
    name: str = ""
    formal_name: str = ""
    sort_key: str = ""
    written: str = ""
    code: str = ""
    kind: str = ""
    mission_email: str = ""
    mission_phone: str = ""
    mission_name: str = ""

    @classmethod
    def of(cls, said: dict[str, str], *, says_country: bool = True) -> "PartyRow":
        """Read a row's cells, for a summit that says "country" or doesn't. Raises Unreadable."""
        written = said.get("iso2") or said.get("iso3") or ""
        name = said.get("party", "")
        own = {field: said.get(field, "") for field in ("formal_name", "sort_key", "mission_email", "mission_phone")}
        kind = values.party_kind(said["kind"], says_country=says_country) if "kind" in said else ""
        code = values.country_code(written) if written else ""
        if not written and kind in ("", PartyKind.COUNTRY):
            code = regions.code_of(name)
        return cls(
            key=said.get("party_key", ""),
            name=name,
            written=written,
            code=code,
            kind=kind,
            mission_name=said.get("mission_name", ""),
            **own,
        )


def make(row: PartyRow, summit: Summit) -> tuple[Party, list[str]]:
    """Return the party that a row asks for, not stored, and what is odd about it. Raises Unreadable and
    ValidationError."""
    name = row.name or (regions.names(summit.language).get(row.code, "") if row.code else "")
    if not name:
        raise Unreadable(_("The party’s name is missing. Write it, or its code by ISO 3166."))
    notes: list[str] = []
    kind = row.kind or _guess(row, notes)
    code = row.code if kind == PartyKind.COUNTRY else ""
    if code in OBSERVERS:
        notes.append(_("An observer at the United Nations, not a member: look at recognition and flag."))
    if kind == PartyKind.COUNTRY and not code:
        notes.append(_("No code of ISO 3166 belongs to this name: it is entered without one."))
    party = Party(
        summit=summit,
        kind=kind,
        name=name,
        formal_name=row.formal_name or name,
        sort_key=row.sort_key or name,
        iso_code=code,
        region=regions.REGION_OF.get(code, "none"),
        language=summit.language,
        mission_email=row.mission_email,
        mission_phone=row.mission_phone,
        mission_name=row.mission_name,
    )
    party.clean_fields(exclude=["summit"])
    return party, notes


def _guess(row: PartyRow, notes: list[str]) -> str:
    if row.code:
        return PartyKind.COUNTRY
    if row.written:
        said = _("“%(code)s” is no code of ISO 3166: entered as an international organisation.")
        notes.append(said % {"code": row.written})
        return PartyKind.INTERNATIONAL
    notes.append(_("ISO 3166 has no such name: entered as an invited organisation."))
    return PartyKind.ORGANISATION
