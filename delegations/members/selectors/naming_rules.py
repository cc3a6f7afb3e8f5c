"""The rules for naming a person: whether they can be named, in this category, and whether a place is free.

The services in `members` check these rules while the party is locked.
"""

from collections.abc import Sequence
from dataclasses import replace as other
from typing import Any

from django.utils.translation import gettext as _

from delegations.members.models.categories import Capacity, Category
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.selectors import quotas
from delegations.members.selectors.quotas import Meter
from delegations.parties.models.parties import Party
from summit.audit.services import By, System
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.templatetags.moments import day_clock
from summit.users.models import User


class NamingRefused(Exception):
    """A person can't be named, or not in this category. The message says why and who can help."""


def is_desk(by: By, party: Party) -> bool:
    """Return whether `by` may name people for any party, even after the deadlines."""
    return isinstance(by, System) or (isinstance(by, User) and allows(by, "delegations.name_late", party.summit_id))


def belonging(people: Any) -> dict[int, str]:
    """Return a dict from the people's primary keys to the names of the parties they are members of. Makes one
    query."""
    rows = Membership.objects.filter(person__in=[person.pk for person in people])
    return dict(rows.values_list("person_id", "party__name"))


def own_people(party: Party, people: Sequence[Person]) -> set[int]:
    """Return the primary keys of the people whom a party may name itself. Makes two queries.

    These are the people whom the party entered, and its focal points.
    """
    keys = [person.pk for person in people]
    entered = Person.objects.filter(pk__in=keys, particulars__entered_for=party).values_list("pk", flat=True)
    return {*entered, *FocalPoint.objects.filter(party=party, person__in=keys).values_list("person_id", flat=True)}


def check_person(party: Party, person: Person, taken: dict[int, str], known: set[int], desk: bool) -> None:
    """Raise NamingRefused if a party can't name a person.

    It can't name a person of another summit, or one who is in `taken` (from `belonging`). Unless `desk` is True, the
    person must be in `known` (from `own_people`).
    """
    if person.summit_id != party.summit_id or not (desk or person.pk in known):
        raise NamingRefused(_("This person is not in your delegation’s list. Add them first."))
    if person.pk in taken and (desk or taken[person.pk] == party.name):
        message = _("%(person)s is already in %(party)s. Withdraw them there first.")
        raise NamingRefused(message % {"person": person.label, "party": taken[person.pk]})
    if person.pk in taken:
        message = _("%(person)s is named in another delegation. For help, contact protocol: %(contact)s.")
        raise NamingRefused(message % {"person": person.label, "contact": party.summit.contact_email})


def check_category(
    party: Party, category: Category, counted: dict[int | None, Meter], desk: bool, *, late: bool = True
) -> None:
    """Raise NamingRefused if a party can't use a category, or if the naming deadline has passed and `late` is True.

    `counted` holds the party's meters by category. Desks (`desk`) may also use categories that aren't offered, and
    may name people after the deadline.
    """
    # The category is translated only when a message is built.
    facts = {"category": category, "party": party.name, "contact": party.summit.contact_email}
    if category.summit_id != party.summit_id or not quotas.fits(category, party):
        message = _("%(party)s cannot name people as “%(category)s”. Choose another category.")
        raise NamingRefused(message % facts)
    if not (desk or category.offered):
        raise NamingRefused(_("Only protocol can name people as “%(category)s”. Write to %(contact)s.") % facts)
    meter = counted.get(category.pk)
    if late and not desk and meter is not None and meter.closed and meter.name_by is not None:
        moment = day_clock(meter.name_by, party.summit)
        message = _("The deadline for “%(category)s” was %(moment)s. Protocol can still name people: %(contact)s.")
        raise NamingRefused(message % {**facts, "moment": moment})


def count_member(party: Party, category: Category, counted: dict[int | None, Meter], *, total: bool = True) -> None:
    """Count one more member in `counted`, in a category and in the total.

    With `total=False` the total stays as it is. Raises QuotaFull if no place is free, and NamingRefused for a second
    head.
    """
    meter = counted.get(category.pk) or Meter(party, category, 0, category.quota)
    if category.capacity == Capacity.HEAD and meter.named:
        raise NamingRefused(
            _("%(party)s already has a head of delegation. Replace that person instead.") % {"party": party.name}
        )
    meter.check_room()
    total_meter = counted.get(None)
    if total_meter is not None and category.counts and total:
        total_meter.check_room()
        counted[None] = other(total_meter, named=total_meter.named + 1)
    counted[category.pk] = other(meter, named=meter.named + 1)
