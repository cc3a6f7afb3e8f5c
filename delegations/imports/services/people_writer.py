"""Stores what a table changes about existing people; the number of queries doesn't grow with the people.

The rules of `people.change` apply here too. Forbidden changes were already refused when the row was planned.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import PARTICULARS, PERSON
from delegations.members.services import people
from delegations.members.services.people import CHANGE_PARTICULARS, PERSON_ACTIONS
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.services import By
from summit.core import bulk_insert
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.summits.models import Summit

SLICE = 500
# Fields that are stored with each change of a person's particulars.
BESIDE = ("entered_for", "withheld", "passport_digest", "birth_digest", "updated_at")


def store(
    *, summit: Summit, changes: Iterable[tuple[Person, Mapping[str, Any]]], party: Party | None, by: By
) -> None:
    """Store the changed values of existing people, and record each change in the audit.

    With `party`, a focal point of this party made the changes.
    """
    merged: dict[int, tuple[Person, dict[str, Any]]] = {}
    for person, values in changes:
        merged.setdefault(person.pk, (person, {}))[1].update(values)
    if not merged:
        return
    # Others who change the same people wait for this lock.
    list(Person.objects.select_for_update().filter(pk__in=list(merged)).order_by("pk").values_list("pk"))
    acting_party = party if party is not None and people.acts_for(by, party) else None
    entries = _store_own(summit, list(merged.values()), by)
    entries += _store_particulars(summit, merged, acting_party, by)
    audit.record_many(entries)


def _store_own(summit: Summit, changes: list[tuple[Person, dict[str, Any]]], by: By) -> list[Any]:
    entries = []
    for person, values in changes:
        names = sorted(set(PERSON) & set(values))
        for name in names:
            setattr(person, name, values[name])
        if names:
            entries.append(
                audit.entry(by=by, action=PERSON_ACTIONS.change, target=person, summit=summit, fields=names)
            )
    # Each column is stored for itself, so that concurrent changes to other columns are kept.
    for name in PERSON:
        rows = [person for person, values in changes if name in values]
        Person.objects.bulk_update(rows, [name], SLICE)
    return entries


def _store_particulars(
    summit: Summit, changes: dict[int, tuple[Person, dict[str, Any]]], acting_party: Party | None, by: By
) -> list[Any]:
    locked = Particulars.objects.select_for_update(of=("self",)).select_related("entered_for")
    stored = {row.person_id: row for row in locked.filter(person__in=list(changes))}
    now, entries = db_now(), []
    new_rows: list[Particulars] = []
    by_name: dict[str, list[Particulars]] = {}
    for key, (person, values) in changes.items():
        if not set(PARTICULARS) & set(values):
            continue
        row = stored.get(key) or Particulars(person=person)
        row.person, row.updated_at = person, now
        names = sorted(people.fill(row, acting_party, values))
        if row.pk is None:
            new_rows.append(row)
        for name in (*names, *BESIDE) if row.pk is not None else ():
            by_name.setdefault(name, []).append(row)
        entries.append(audit.entry(by=by, action=CHANGE_PARTICULARS, target=person, summit=summit, fields=names))
    bulk_insert.insert(new_rows)
    for name, rows in by_name.items():
        Particulars.objects.bulk_update(rows, [name], SLICE)
    return entries
