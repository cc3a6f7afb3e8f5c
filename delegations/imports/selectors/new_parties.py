"""Builds parties from the rows of a table.

The library of ISO countries serves to recognise which country is meant, and proposes its name where the table has a
former name, a short one or one in another language.
"""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from delegations.parties.models.parties import Party, PartyKind
from delegations.parties.selectors import country_recognition, party_kinds, un_country_names
from delegations.parties.selectors.party_kinds import Unreadable
from delegations.parties.selectors.party_names import kind_word
from summit.summits.models import Summit


@dataclass(frozen=True)
class PartyRow:
    """A row's values for a party. `written` is the code as the table has it, `code` the ISO 3166 code that it stands
    for."""

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
        """Return the values in a row's cells. `said` is a dict from columns to texts. `says_country` is the summit's
        policy on the word "country".

        Raises Unreadable if the kind of party is unknown.
        """
        written = said.get("iso2") or said.get("iso3") or ""
        name = said.get("party", "")
        other_values = {
            field: said.get(field, "") for field in ("formal_name", "sort_key", "mission_email", "mission_phone")
        }
        kind = party_kinds.party_kind(said["kind"], says_country=says_country) if "kind" in said else ""
        code = country_recognition.code_of(written) if written else ""
        if not code and kind in ("", PartyKind.COUNTRY):
            code = country_recognition.code_of_name(name)
        return cls(
            key=said.get("party_key", ""),
            name=name,
            written=written,
            code=code,
            kind=kind,
            mission_name=said.get("mission_name", ""),
            **other_values,
        )


def make(row: PartyRow, summit: Summit) -> tuple[Party, list[str]]:
    """Return an unsaved party for a row, and notes on what is unusual about it.

    Raises Unreadable if the party's name is missing, and ValidationError.
    """
    name = row.name or (un_country_names.names(summit.language).get(row.code, "") if row.code else "")
    if not name:
        raise Unreadable(_("The delegation’s name is missing. Enter its name or ISO 3166 code."))
    notes: list[str] = []
    kind = row.kind or PartyKind.COUNTRY
    code = row.code if kind == PartyKind.COUNTRY else ""
    if code and (note := un_country_names.recognition_note(code)):
        notes.append(note)
    if kind == PartyKind.COUNTRY and not code:
        notes.append(_("This name has no ISO 3166 code. The delegation is added without one."))
    party = Party(
        summit=summit,
        kind=kind,
        name=name,
        formal_name=row.formal_name or name,
        sort_key=row.sort_key or name,
        iso_code=code,
        language=summit.language,
        mission_email=row.mission_email,
        mission_phone=row.mission_phone,
        mission_name=row.mission_name,
    )
    party.clean_fields(exclude=["summit"])
    return party, notes


# Answers for a party that isn't on the list: enter it under the proposed name, or as the table has it. An answer that
# begins with COUNTRY is followed by the code of the country that is meant.
ENTER, WRITTEN, COUNTRY = "enter", "written", "country "
KINDS = (PartyKind.COUNTRY, PartyKind.SUBSTATE, PartyKind.INTERNATIONAL, PartyKind.ORGANISATION)


def misspelt(row: PartyRow) -> list[str]:
    """Return the codes of the countries that a row may mean whose name is no country's."""
    if row.code or not row.name or row.kind not in ("", PartyKind.COUNTRY):
        return []
    return country_recognition.near_codes(row.name)


def _proposed_name(row: PartyRow, summit: Summit) -> str:
    """Return the name under which a party is best entered, or "".

    This is the library's name in the summit's first language, unless the row has another name of the standard in it.
    """
    library = un_country_names.names(summit.language).get(row.code, "")
    if row.name and (not library or country_recognition.is_standard_name(row.name, row.code, summit.language)):
        return row.name
    return library


def question(
    row: PartyRow, summit: Summit, near: list[Party], *, says_country: bool
) -> tuple[str, str, list[list[str]]]:
    """Return the question about a party that isn't on the list: its kind, its text and its possible answers.

    The possible answers are the parties in `near`, which have similar names, the countries that may be meant, and the
    ways to enter a new party.
    """
    params = {"name": row.name or row.written, "code": row.code}
    existing = [[key_of(party), _("this is %(party)s") % {"party": party.name}] for party in near]
    known_codes = {party.iso_code for party in near}
    existing += [
        [
            f"{COUNTRY}{code}",
            _("this is %(party)s") % {"party": country_recognition.country_name(code, summit.language)},
        ]
        for code in misspelt(row)
        if code not in known_codes
    ]
    if row.code or row.kind or country_recognition.is_international(row.name):
        proposed = _proposed_name(row, summit)
        choices = [[ENTER, _("add as “%(name)s”") % {"name": proposed}]] if proposed else []
        if row.name and row.name != proposed:
            choices.append([WRITTEN, _("add as “%(name)s”") % params])
        text = _("“%(name)s” (%(code)s) is not in the list of delegations yet.")
        without_code = _("“%(name)s” is not in the list of delegations yet.")
        return "enter", (text if row.code else without_code) % params, [*existing, *choices]
    kinds = [
        [str(kind.value), _("add as %(kind)s") % {"kind": kind_word(kind, says_country=says_country)}]
        for kind in KINDS
    ]
    sentence = _("“%(name)s” is not a known country. What kind of delegation is it?")
    if not says_country:
        sentence = _("“%(name)s” is not known. What kind of delegation is it?")
    return "kind", sentence % params, [*existing, *kinds]


def decided(row: PartyRow, summit: Summit, answer: str) -> PartyRow:
    """Return the row changed by the answer to its question."""
    if answer in {kind.value for kind in KINDS}:
        return replace(row, kind=answer)
    if answer.startswith(COUNTRY):
        code = answer.removeprefix(COUNTRY)
        return replace(
            row, code=code, kind=PartyKind.COUNTRY, name=country_recognition.country_name(code, summit.language)
        )
    if answer == ENTER and not row.code and not row.kind:
        return replace(row, kind=PartyKind.INTERNATIONAL)
    return replace(row, name=_proposed_name(row, summit)) if answer == ENTER else row


def key_of(party: Party) -> str:
    """Return the key of a party in answers. A party that comes from the table itself has no id yet and is keyed by
    its name."""
    return party.public_id if party.pk else f"named {party.name}"
