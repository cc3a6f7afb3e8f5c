"""Parties, people and invitations as tables that leave the system: rows of text, in as many queries for many rows as
for few. What a reader may not see of somebody is an empty cell; a column is there for whoever may see it of anybody.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from delegations.core import table_files
from delegations.core.table_files import AT_ONCE, ExportedTable
from delegations.members import column_headings
from delegations.members.field_access import GROUPS, PARTICULARS, PERSON, Reader
from delegations.parties.models.parties import Party
from delegations.parties.selectors.party_names import NamesBySummit
from summit.audit.services import By
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.users.models import User


def people(rows: QuerySet[Person], *, by: By) -> ExportedTable:
    """Return people with what the reader may see of each."""
    reader, names = Reader(by), NamesBySummit()
    open_to = _columns(by)
    shut = [f"particulars__{name}" for name in PARTICULARS if name not in open_to]
    related = ("summit", "membership__party", "membership__category", "particulars__entered_for", "photo")
    wanted = rows.select_related(*related).defer("photo__image", *shut)
    shown = ("party", *PERSON[:2], "category", *PERSON[2:], *open_to)
    if isinstance(by, User) and not allows(by, "delegations.membership.view", None) and _works(by):
        # Who belongs to which delegation is not for every desk.
        shown = (*PERSON, *open_to)
    found: list[list[str]] = []
    told: list[tuple[int, str]] = []
    for person in wanted.iterator(chunk_size=AT_ONCE):
        found.append(_person(person, shown, reader.visible(person), names))
        told.append((person.summit_id, person.public_id))
    fields = tuple(name for name in shown if name not in ("party", "category", "language"))
    return ExportedTable(shown, [column_headings.heading(name) for name in shown], found, told, fields)


def _columns(by: By) -> tuple[str, ...]:
    """The particulars that the reader may see of anybody. Of a focal point's people it is asked for each."""
    if not isinstance(by, User):
        return PARTICULARS
    desk = {name for group in GROUPS.values() if allows(by, group.view, None) for name in group.fields}
    return tuple(name for name in PARTICULARS if name in desk or not _works(by))


def _works(by: User) -> bool:
    return allows(by, "summit.person.view", None)


def _person(person: Person, shown: Iterable[str], visible: set[str], names: NamesBySummit) -> list[str]:
    membership, row = getattr(person, "membership", None), getattr(person, "particulars", None)
    cells = {name: getattr(person, name) for name in PERSON}
    cells["party"] = names.of(membership.party, person.summit) if membership else ""
    cells["category"] = str(membership.category) if membership else ""
    if row is not None:
        cells |= {name: getattr(row, name) for name in shown if name in PARTICULARS and name in visible}
    return [table_files.cell_text(name, cells.get(name), person.summit) for name in shown]


def own_people(party: Party, *, by: By) -> ExportedTable:
    """Return a party's members as its focal point sees them."""
    return people(Person.objects.filter(membership__party=party).order_by("membership__position", "pk"), by=by)
