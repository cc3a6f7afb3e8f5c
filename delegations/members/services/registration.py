"""Entering a person and naming them in one transaction: either both succeed, or nothing is stored."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.services import members, people
from delegations.parties.models.parties import Party
from delegations.parties.services import external_ids
from delegations.parties.services.external_ids import Keys
from summit.audit.services import By
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


def create_with_external_ids(
    *,
    summit: Summit,
    party: Party | None,
    values: Mapping[str, Any],
    keys: Keys | None = None,
    by: User,
    another: Collection[str] = (),
) -> Person:
    """Enter a person for a party, or for none, and return them. If `keys` are given, store their ids in other
    systems.

    Raises the exceptions of `people.create` and `external_ids.set_keys`. After an exception, nothing is stored.
    """
    with transaction.atomic():
        if party is None:
            person = people.create_without_party(summit=summit, values=values, by=by, another=another)
        else:
            person = people.create(party=party, values=values, by=by, another=another)
        if keys is not None:
            external_ids.set_keys(of=person, keys=keys, by=by)
    return person


def change_with_external_ids(
    *, person: Person, values: Mapping[str, Any], keys: Keys | None = None, by: User
) -> None:
    """Change a person's data. If `keys` are given, also replace their ids in other systems.

    Raises the exceptions of `people.change` and `external_ids.set_keys`. After an exception, nothing is stored.
    """
    with transaction.atomic():
        if values:
            people.change(person=person, values=values, by=by)
        if keys is not None:
            external_ids.set_keys(of=person, keys=keys, by=by)


def create_and_name(
    *, party: Party, values: Mapping[str, Any], category: Category, by: By, another: Collection[str] = ()
) -> Membership:
    """Enter a person for a party, name them in a category, and return the membership.

    Raises the exceptions of `people.create` and `members.name`. After an exception, nothing is stored.
    """
    with transaction.atomic():
        person = people.create(party=party, values=values, by=by, another=another)
        return members.name(party=party, person=person, category=category, by=by)


def create_and_replace(
    *, membership: Membership, values: Mapping[str, Any], by: By, another: Collection[str] = ()
) -> Membership:
    """Enter a person for a member's party, put them in the member's place, and return their membership.

    Raises the exceptions of `people.create` and `members.replace`. After an exception, nothing is stored.
    """
    with transaction.atomic():
        person = people.create(party=membership.party, values=values, by=by, another=another)
        return members.replace(membership=membership, person=person, by=by)
