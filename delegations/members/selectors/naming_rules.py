"""Whether somebody may be named, in this category, and whether there is a place. `members` asks under the party's
lock."""

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
    """Somebody can't be named, or not in this category, with a sentence that says why and who can help."""


def is_desk(by: By, party: Party) -> bool:
    """Return whether somebody names people for any party, at any time."""
    return isinstance(by, System) or (isinstance(by, User) and allows(by, "delegations.name_late", party.summit_id))


def belonging(people: Any) -> dict[int, str]:
    """Return to which party people belong, by their primary keys. One query."""
    rows = Membership.objects.filter(person__in=[person.pk for person in people])
    return dict(rows.values_list("person_id", "party__name"))


def own_people(party: Party, people: Sequence[Person]) -> set[int]:
    """Return the people that a party may name by itself: whom it entered, and its focal points. Two queries."""
    keys = [person.pk for person in people]
    entered = Person.objects.filter(pk__in=keys, particulars__entered_for=party).values_list("pk", flat=True)
    return {*entered, *FocalPoint.objects.filter(party=party, person__in=keys).values_list("person_id", flat=True)}


def check_person(party: Party, person: Person, taken: dict[int, str], known: set[int], desk: bool) -> None:
    """Refuse somebody of another summit, of another party, or whom the party hasn't entered. Raises NamingRefused."""
    if person.summit_id != party.summit_id or not (desk or person.pk in known):
        raise NamingRefused(_("This person isn’t entered for your party. Enter them first."))
    if person.pk in taken and (desk or taken[person.pk] == party.name):
        said = _("%(person)s belongs to %(party)s already. Withdraw them there first.")
        raise NamingRefused(said % {"person": person.label, "party": taken[person.pk]})
    if person.pk in taken:
        said = _("%(person)s is named elsewhere. Protocol can say more: %(contact)s.")
        raise NamingRefused(said % {"person": person.label, "contact": party.summit.contact_email})


def check_category(
    party: Party, category: Category, counted: dict[int | None, Meter], desk: bool, *, late: bool = True
) -> None:
    """Refuse a category that isn't this party's to use, or, with `late`, whose time to name has passed."""
    # What it is called is looked up where it is said.
    facts = {"category": category, "party": party.name, "contact": party.summit.contact_email}
    if category.summit_id != party.summit_id or not quotas.fits(category, party):
        said = _("Nobody comes with %(party)s as “%(category)s”. Choose another category.")
        raise NamingRefused(said % facts)
    if not (desk or category.offered):
        raise NamingRefused(_("Protocol names people as “%(category)s”: write to %(contact)s.") % facts)
    meter = counted.get(category.pk)
    if late and not desk and meter is not None and meter.closed and meter.name_by is not None:
        moment = day_clock(meter.name_by, party.summit)
        said = _("“%(category)s” was to be named by %(moment)s. Protocol can still do it: %(contact)s.")
        raise NamingRefused(said % {**facts, "moment": moment})


def take_place(party: Party, category: Category, counted: dict[int | None, Meter], *, total: bool = True) -> None:
    """Count one more in a category and in all. Raises QuotaFull where there is no place, NamingRefused for a second
    head."""
    meter = counted.get(category.pk) or Meter(party, category, 0, category.quota)
    if category.capacity == Capacity.HEAD and meter.named:
        raise NamingRefused(_("%(party)s has a head already. Replace that person instead.") % {"party": party.name})
    meter.check_room()
    whole = counted.get(None)
    if whole is not None and category.counts and total:
        whole.check_room()
        counted[None] = other(whole, named=whole.named + 1)
    counted[category.pk] = other(meter, named=meter.named + 1)
