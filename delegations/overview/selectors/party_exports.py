"""The exported table of parties."""

from django.db.models import QuerySet

from delegations.core.table_writers import AT_ONCE, ExportedTable
from delegations.members import column_headings
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import party_names
from delegations.parties.selectors.party_names import NamesBySummit
from summit.imports.row_numbers import NUMBER, NUMBERS, PUBLIC_ID

PARTY_COLUMNS = (
    *NUMBERS,
    "party",
    "formal_name",
    "sort_key",
    "kind",
    "iso2",
    "mission_name",
    "mission_email",
    "mission_phone",
)


def parties(rows: QuerySet[Party]) -> ExportedTable:
    """Return a table of parties, with their names in the reader's language.

    The number of queries grows only with the number of summits.
    """
    names, table_rows = NamesBySummit(), []
    for row in rows.select_related("summit__policy").iterator(chunk_size=AT_ONCE):
        policy = getattr(row.summit, "policy", None) or Policy(summit=row.summit)
        cells = {
            NUMBER: row.pk,
            PUBLIC_ID: row.public_id,
            "party": names.of(row, row.summit),
            "formal_name": row.formal_name,
            "sort_key": row.sort_key,
            "kind": party_names.kind_word(row.kind, says_country=policy.says_country),
            "iso2": row.iso_code,
            "mission_name": row.mission_name,
            "mission_email": row.mission_email,
            "mission_phone": row.mission_phone,
        }
        table_rows.append([str(cells[name]) for name in PARTY_COLUMNS])
    return ExportedTable(PARTY_COLUMNS, [column_headings.heading(name) for name in PARTY_COLUMNS], table_rows, [])
