"""Parties, people and invitations as tables that leave the system: rows of text, in as many queries for many rows as
for few. What a reader may not see of somebody is an empty cell; a column is there for whoever may see it of anybody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from delegations.domain import columns, naming, occasions
from delegations.domain.occasions import Occasion
from delegations.fields import GROUPS, PARTICULARS, PERSON, Reader
from delegations.models import Answer, Invitation, Level, Party, Policy
from summit.audit.services import By
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

AT_ONCE = 1_000
PARTY = ("party", "formal_name", "sort_key", "kind", "iso2", "mission_name", "mission_email", "mission_phone")


@dataclass
class Table:
    """What leaves: headings, rows, and of whom they tell: the key of each one's summit and their public id. `names`
    are what programs call the columns."""

    names: tuple[str, ...]
    headings: list[str]
    rows: list[list[str]]
    people: list[tuple[int, str]]
    # The names of fields that are personal.
    fields: tuple[str, ...] = ()


class _Names:
    """What parties are called in the reader's language: a query or two for each summit."""

    def __init__(self) -> None:
        self._books: dict[int, Any] = {}

    def of(self, party: Party, summit: Summit) -> str:
        """Return the name."""
        if summit.pk not in self._books:
            self._books[summit.pk] = naming.book(summit, get_language() or summit.language)
        found = self._books[summit.pk].of(party)
        return str(found.name) if found else party.name


def parties(rows: QuerySet[Party]) -> Table:
    """Return parties, each with where its invitation stands."""
    names, found = _Names(), []
    for row in rows.select_related("summit__policy").iterator(chunk_size=AT_ONCE):
        policy = getattr(row.summit, "policy", None) or Policy(summit=row.summit)
        cells = {
            "party": names.of(row, row.summit),
            "formal_name": row.formal_name,
            "sort_key": row.sort_key,
            "kind": naming.kind_word(row.kind, says_country=policy.says_country),
            "iso2": row.iso_code,
            "mission_name": row.mission_name,
            "mission_email": row.mission_email,
            "mission_phone": row.mission_phone,
        }
        found.append([str(cells[name]) for name in PARTY])
    return Table(PARTY, [columns.heading(name) for name in PARTY], found, [])


def people(rows: QuerySet[Person], *, by: By) -> Table:
    """Return people with what the reader may see of each."""
    reader, names = Reader(by), _Names()
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
    return Table(shown, [columns.heading(name) for name in shown], found, told, fields)


def _columns(by: By) -> tuple[str, ...]:
    """The particulars that the reader may see of anybody. Of a focal point's people it is asked for each."""
    if not isinstance(by, User):
        return PARTICULARS
    desk = {name for group in GROUPS.values() if allows(by, group.view, None) for name in group.fields}
    return tuple(name for name in PARTICULARS if name in desk or not _works(by))


def _works(by: User) -> bool:
    return allows(by, "summit.person.view", None)


def _person(person: Person, shown: Iterable[str], visible: set[str], names: _Names) -> list[str]:
    membership, row = getattr(person, "membership", None), getattr(person, "particulars", None)
    cells = {name: getattr(person, name) for name in PERSON}
    cells["party"] = names.of(membership.party, person.summit) if membership else ""
    cells["category"] = str(membership.category) if membership else ""
    if row is not None:
        cells |= {name: getattr(row, name) for name in shown if name in PARTICULARS and name in visible}
    return [_text(name, cells.get(name), person.summit) for name in shown]


def _text(name: str, value: Any, summit: Summit) -> str:
    if value in (None, ""):
        return ""
    if name in ("arrives_at", "departs_at"):
        return str(value.astimezone(summit.zone).strftime("%Y-%m-%d %H:%M"))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def invitations(rows: QuerySet[Invitation]) -> Table:
    """Return invitations with their answers."""
    called = _Names()
    found: list[list[str]] = []
    told: list[tuple[int, str]] = []
    listed: dict[Summit, dict[str, Occasion]] = {}
    for row in rows.select_related("party__summit").iterator(chunk_size=AT_ONCE):
        summit = row.party.summit
        if row.occasion and summit not in listed:
            listed[summit] = occasions.find(summit)
        moments = [_text("arrives_at", moment, summit) for moment in (row.sent_at, row.answered_at)]
        answer = str(Answer(row.answer).label) if row.answer else ""
        level = str(Level(row.level).label) if row.level else ""
        found.append(
            [
                called.of(row.party, summit),
                _to(row, listed),
                str(row.get_state_display()),
                answer,
                level,
                *moments,
                row.answered_by,
            ]
        )
        told.append((row.party.summit_id, row.public_id))
    head = [
        pgettext("column of a table", "party"),
        pgettext("invitation", "to"),
        _("state"),
        _("answer"),
        _("at the level of"),
        pgettext("invitation", "sent"),
        pgettext("invitation", "answered"),
        _("answered by"),
    ]
    names = ("party", "to", "state", "answer", "level", "sent", "answered", "answered_by")
    return Table(names, [word[:1].upper() + word[1:] for word in head], found, told, ("answered_by",))


def _to(row: Invitation, listed: dict[Summit, dict[str, Occasion]]) -> str:
    """Return what an invitation is to."""
    if not row.occasion:
        return _("the summit")
    found = listed[row.party.summit].get(row.occasion)
    return found.title if found else _("a session that is no longer in the agenda")


def own_people(party: Party, *, by: By) -> Table:
    """Return a party's members as its focal point sees them."""
    return people(Person.objects.filter(membership__party=party).order_by("membership__position", "pk"), by=by)


def cells(table: Table, *, named: bool = False) -> Iterator[Sequence[str]]:
    """Yield the headings, or the names of the columns, and the rows."""
    yield table.names if named else table.headings
    yield from table.rows
