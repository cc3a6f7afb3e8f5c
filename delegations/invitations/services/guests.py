"""Enters single guests. Each is a party of one person, with the same letter, link and answer as every party."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from delegations.invitations.permissions import check_can_invite
from delegations.members.models.categories import Capacity, Category
from delegations.members.services import members, people
from delegations.parties.models.parties import FlagRule, Party, PartyKind
from delegations.parties.services import parties
from summit.summits.models import Summit
from summit.users.models import User


def create(
    *,
    summit: Summit,
    name: str,
    office: str,
    form_of_address: str,
    mailbox: str,
    language: str,
    by: User,
    another: Collection[str] = (),
) -> Party:
    """Enter a guest and return the party, which isn't invited yet.

    Creates a party with the guest's name, the person, and their membership in the category for guests: all of them or
    none. `another` holds the public ids of similar people who are somebody else. Raises PermissionDenied,
    ValidationError by field, people.PossibleDuplicate, and naming_rules.NamingRefused.
    """
    check_can_invite(by, summit)
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": [_("Enter the guest’s name.")]})
    with transaction.atomic():
        name_values = {"name": name, "formal_name": name, "sort_key": name}
        party_values = {
            "kind": PartyKind.GUEST,
            "flag": FlagRule.NONE,
            "language": language,
            "mission_email": mailbox.strip(),
        }
        party = parties.create(summit=summit, values={**name_values, **party_values}, by=by)
        person_values = {"name": name, "office": office, "form_of_address": form_of_address, "language": language}
        person = people.create(party=party, values=person_values, by=by, another=another)
        members.name(party=party, person=person, category=Category.objects.of(summit)[Capacity.GUEST], by=by)
    return party
