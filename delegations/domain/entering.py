"""Entering somebody and giving them their place in one: either both are done or nothing is."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from delegations.domain import members, people
from delegations.models import Category, Membership, Party
from summit.domain.audit import By


def enter_and_name(
    *, party: Party, values: Mapping[str, Any], category: Category, by: By, another: Collection[str] = ()
) -> Membership:
    """Enter a person for a party and name them in a category. Raises what `people.enter` and `members.name` raise;
    then nothing is stored."""
    with transaction.atomic():
        person = people.enter(party=party, values=values, by=by, another=another)
        return members.name(party=party, person=person, category=category, by=by)


def enter_and_replace(
    *, membership: Membership, values: Mapping[str, Any], by: By, another: Collection[str] = ()
) -> Membership:
    """Enter a person for a member's party and put them in the member's place. Raises what `people.enter` and
    `members.replace` raise; then nothing is stored."""
    with transaction.atomic():
        person = people.enter(party=membership.party, values=values, by=by, another=another)
        return members.replace(membership=membership, person=person, by=by)
