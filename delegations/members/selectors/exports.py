"""Exported tables of people, as rows of text. The number of queries doesn't grow with the rows.

An import knows all of their columns, and the people by the first ones.
If the user may not see a value, its cell is empty. A column is included if the user may see it for anybody.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from delegations.core import table_writers
from delegations.core.table_writers import AT_ONCE, ExportedTable
from delegations.members import column_headings
from delegations.members.person_field_groups import GROUP_OF, GROUPS, LOGGED, PARTICULARS, PERSON, FieldReader
from delegations.parties.models.parties import Party
from delegations.parties.selectors.party_names import NamesBySummit
from summit.audit.services import By, System
from summit.imports.row_numbers import NUMBER, NUMBERS, PUBLIC_ID
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.users.models import User


def people(rows: QuerySet[Person], *, by: By) -> ExportedTable:
    """Return a table of people, with the values that `by` may see."""
    reader, names = FieldReader(by), NamesBySummit()
    open_to = _columns(by)
    hidden = [f"particulars__{name}" for name in PARTICULARS if name not in open_to]
    related = ("summit", "membership__party", "membership__category", "particulars__entered_for", "photo")
    queryset = rows.select_related(*related).defer("photo__image", *hidden)
    columns = ("party", *PERSON[:2], "category", *PERSON[2:], *open_to)
    if isinstance(by, User) and not allows(by, "delegations.membership.view", None) and _works(by):
        # Not every desk may see who belongs to which party.
        columns = (*PERSON, *open_to)
    # The number is the desks' alone.
    numbers = NUMBERS if isinstance(by, System) or (isinstance(by, User) and _works(by)) else (PUBLIC_ID,)
    table_rows: list[list[str]] = []
    row_ids: list[tuple[int, str]] = []
    for person in queryset.iterator(chunk_size=AT_ONCE):
        ids = {NUMBER: str(person.pk), PUBLIC_ID: person.public_id}
        cells = _person(person, columns, reader.visible(person), names)
        table_rows.append([*(ids[name] for name in numbers), *cells])
        row_ids.append((person.summit_id, person.public_id))
    fields = tuple(name for name in columns if name in GROUP_OF or name in LOGGED)
    names_of_columns = (*numbers, *columns)
    return ExportedTable(
        names_of_columns, [column_headings.heading(name) for name in names_of_columns], table_rows, row_ids, fields
    )


def _columns(by: By) -> tuple[str, ...]:
    """Return the names of the particulars that `by` may see for anybody.

    For a focal point these are all particulars, because each person is checked separately.
    """
    if not isinstance(by, User):
        return PARTICULARS
    desk = {name for group in GROUPS.values() if allows(by, group.view, None) for name in group.fields}
    return tuple(name for name in PARTICULARS if name in desk or not _works(by))


def _works(by: User) -> bool:
    return allows(by, "summit.person.view", None)


def _person(person: Person, columns: Iterable[str], visible: set[str], names: NamesBySummit) -> list[str]:
    membership, row = getattr(person, "membership", None), getattr(person, "particulars", None)
    cells = {name: getattr(person, name) for name in PERSON}
    cells["party"] = names.of(membership.party, person.summit) if membership else ""
    cells["category"] = str(membership.category) if membership else ""
    if row is not None:
        cells |= {name: getattr(row, name) for name in columns if name in PARTICULARS and name in visible}
    return [table_writers.cell_text(cells.get(name), person.summit) for name in columns]


def own_people(party: Party, *, by: By) -> ExportedTable:
    """Return a table of a party's members, with the values that `by`, its focal point, may see."""
    return people(Person.objects.filter(membership__party=party).order_by("membership__position", "pk"), by=by)
