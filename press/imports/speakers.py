"""Find the party and the speaker of each row of a table of speakers."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from delegations.imports import column_recognition
from delegations.imports.selectors.existing_rows import ExistingRows
from delegations.parties.models.parties import Party
from delegations.parties.selectors.country_recognition import code_of
from summit.imports.definitions import ImportProblem
from summit.imports.table_parsing import Table
from summit.people.models import Person


@dataclass(frozen=True)
class SpeakerRow:
    """A row of the table of speakers.

    `number` is the number of the row in the file. `code` and `country` identify the party. `speaker` is a name, and
    `office` the office of the speaker. All but `number` and `code` may be "". `contradicted_by` is the number of a
    later row that names another speaker for the same code, or 0.
    """

    number: int
    code: str
    country: str
    speaker: str
    office: str
    contradicted_by: int = 0


def rows_of(table: Table) -> dict[str, SpeakerRow]:
    """Return a dict from codes of parties, in capitals, to the rows of the table, in order.

    If several rows have the same code, the first row is used. Raises ImportProblem if no column has codes.
    """
    columns = {name: place for place, name in column_recognition.recognise(table.headings).known.items()}
    code_column = next((columns[name] for name in ("iso3", "iso2", "party_key") if name in columns), None)
    if code_column is None:
        raise ImportProblem(_("No column of the table has country codes. Name one “iso3”."))
    rows_by_code: dict[str, SpeakerRow] = {}
    for row in table.rows:

        def cell(*names: str, cells: list[str] = row.cells) -> str:
            return next((cells[columns[name]] for name in names if name in columns), "")

        key = row.cells[code_column].upper()
        if key:
            speaker = SpeakerRow(row.number, key, cell("party"), cell("head", "name"), cell("office"))
            first = rows_by_code.setdefault(key, speaker)
            if (first.speaker, first.office) != (speaker.speaker, speaker.office) and not first.contradicted_by:
                rows_by_code[key] = replace(first, contradicted_by=row.number)
    return rows_by_code


def party_of(known: ExistingRows, code: str, row: SpeakerRow | None) -> Party | None:
    """Return the party with a code, or None. It is found by key, by ISO 3166 code, or by the name in the row."""
    return known.party(key=code, code=code_of(code), name=row.country if row else code)


def speaker_of(known: ExistingRows, party: Party, row: SpeakerRow) -> Person | None:
    """Return the person of a party who is the speaker in a row, or None. People are found by name, or by office."""
    values = {"name": row.speaker, "office": row.office}
    return next(iter([*known.called(party, values), *known.nameless(party, values)]), None)
