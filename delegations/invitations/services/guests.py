"""Single guests: a party of one, with the letter, the link and the answer that everybody has."""

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


def enter(
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
    """Enter somebody as a guest: a party that is called as they are, the person, and their place as a guest. All or
    none. Returns the party, which isn't invited yet.

    Raises PermissionDenied, ValidationError with what stops it by field, people.SeemsKnown, members.NamingRefused.
    """
    check_can_invite(by, summit)
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": [_("Enter the guest’s name.")]})
    with transaction.atomic():
        called = {"name": name, "formal_name": name, "sort_key": name}
        how = {"kind": PartyKind.GUEST, "flag": FlagRule.NONE, "language": language, "mission_email": mailbox.strip()}
        party = parties.enter(summit=summit, values={**called, **how}, by=by)
        said = {"name": name, "office": office, "form_of_address": form_of_address, "language": language}
        person = people.enter(party=party, values=said, by=by, another=another)
        members.name(party=party, person=person, category=Category.objects.of(summit)[Capacity.GUEST], by=by)
    return party
