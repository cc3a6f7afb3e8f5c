"""The groups of a person's fields, and who may see and change each. Admin, portal, exports and API use these rules.

A desk's role gives access to a whole group. A focal point acts for a party through an account, an invitation link or
a code sent to their mailbox. Focal points see the values that were entered for their party. If a desk or another
party entered a value, they see only that there is one, and they can't change it.
"""

from dataclasses import dataclass, field
from typing import Any

from delegations.members.models.particulars import NEEDS, PASSPORT, PHOTO, TRAVEL, FieldGroup, Particulars, Photo
from delegations.members.permissions import can_act
from delegations.parties.models.parties import Party
from summit.audit.services import By, System
from summit.core.personal_data import PersonalList, entered_columns
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import RULES, allows, roles_by_summit
from summit.users.models import User

# The groups are declared with the columns, and imported from here together with the rules.
__all__ = ["NEEDS", "PASSPORT", "PHOTO", "TRAVEL", "FieldGroup"]


# The groups of Particulars and the photograph, by name.
GROUPS: dict[str, FieldGroup] = {group.name: group for group in (PASSPORT, NEEDS, TRAVEL, PHOTO)}
GROUP_OF: dict[str, FieldGroup] = {name: group for group in GROUPS.values() for name in group.fields}
# The columns of a person's fields, by name: what everybody sees who may see the person at all, and the particulars.
PERSON: tuple[str, ...] = tuple(entered_columns(Person))
PARTICULARS: tuple[str, ...] = tuple(entered_columns(Particulars))
COLUMNS: dict[str, Any] = {**entered_columns(Person), **entered_columns(Particulars)}
# Those of PERSON of which the access log records who saw them.
LOGGED: tuple[str, ...] = tuple(name for name in PERSON if COLUMNS[name].personal_field.logged)


def label(name: str) -> str:
    """Return a field's name in the active language."""
    return str(COLUMNS.get(name, Photo._meta).verbose_name)


def listed_in(personal_list: PersonalList) -> dict[str, Any]:
    """Return the columns of a person's fields that a list shows, by name."""
    return {name: column for name, column in COLUMNS.items() if personal_list in column.personal_field.lists}


def particulars_of(person: Person) -> Particulars | None:
    """Return a person's particulars, or None if nothing was entered.

    Makes no query if the particulars were fetched with the person.
    """
    particulars: Particulars | None = getattr(person, "particulars", None)
    return particulars


def photo_of(person: Person) -> Photo | None:
    """Return a person's photograph, or None. Makes no query if the photograph was fetched with the person."""
    photo: Photo | None = getattr(person, "photo", None)
    return photo


def filled(person: Person) -> set[str]:
    """Return the names of a person's fields, in all groups, that have a value.

    Everybody who sees the person may learn that a value exists.
    """
    row = particulars_of(person)
    found = set() if row is None else {name for name in PARTICULARS if getattr(row, name) not in ("", None)}
    return found | ({"photo"} if photo_of(person) is not None else set())


def party_of(person: Person) -> Party | None:
    """Return the party whose focal points look after a person, or None.

    That is the party of the person's membership, or else the party for which the person was entered. Makes no query
    if both were fetched with the person.
    """
    membership = getattr(person, "membership", None)
    if membership is not None:
        party: Party = membership.party
        return party
    row = particulars_of(person)
    return None if row is None else row.entered_for


@dataclass
class FieldReader:
    """Finds out which fields `by` may see and change, for many people.

    Makes one query for each party and the queries of `roles_by_summit`, whatever the number of people. The caller
    fetches the people with membership, party, particulars and photo.

    Don't reuse a FieldReader in another request, because an invitation link may be revoked in between.
    """

    by: By
    _acts: dict[tuple[int, str], bool] = field(default_factory=dict)

    def visible(self, person: Person) -> set[str]:
        """Return the names of a person's fields, in all groups, that `by` may see."""
        names: set[str] = set()
        row, photo = particulars_of(person), photo_of(person)
        for group in GROUPS.values():
            if self._any(group.view, person):
                names |= set(group.fields)
            elif group is PHOTO:
                if photo is not None and self._own(group.view, photo.entered_for):
                    names.add("photo")
            elif row is not None and self._own(group.view, row.entered_for):
                names |= set(group.fields) - set(row.withheld)
        return names

    def changeable(self, person: Person) -> set[str]:
        """Return the names of a person's fields, in all groups, that `by` may change."""
        names: set[str] = set()
        party = party_of(person)
        for group in GROUPS.values():
            if self._any(group.change, person):
                names |= set(group.fields)
            elif party is not None and self._own(group.change, party):
                names |= set(group.fields) - others(person, party)
        return names

    def _any(self, action: str, person: Person) -> bool:
        if isinstance(self.by, System):
            return True
        return isinstance(self.by, User) and allows(self.by, action, person.summit_id)

    def _own(self, action: str, party: Party | None) -> bool:
        if party is None or not RULES[action].own:
            return False
        if isinstance(self.by, User) and Role.FOCAL_POINT not in roles_by_summit(self.by).get(party.summit_id, ()):
            return False
        # The own roles are the same for all actions with this key, so one check serves them all.
        key = (party.pk, ",".join(sorted(RULES[action].own)))
        if key not in self._acts:
            self._acts[key] = can_act(self.by, action, party)
        return self._acts[key]


def others(person: Person, party: Party) -> set[str]:
    """Return the names of a person's fields with a value that a desk entered, or that was entered for another party
    than `party`."""
    row, photo = particulars_of(person), photo_of(person)
    found = filled(person)
    if row is not None and row.entered_for_id == party.pk:
        found &= set(row.withheld) | {"photo"}
    if photo is not None and photo.entered_for_id == party.pk:
        found.discard("photo")
    return found


def visible_fields(by: By, person: Person) -> set[str]:
    """Return the names of a person's fields that `by` may see (keys of `GROUP_OF`). For many people, use
    `FieldReader`."""
    return FieldReader(by).visible(person)
