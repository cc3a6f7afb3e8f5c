"""The permission to give accounts, and for which parties a user acts who signed in with a code."""

from django.db.models import QuerySet

from delegations.core.roles import WRITERS
from delegations.members import permissions as members_permissions
from delegations.members.models.focal_points import FocalPoint
from delegations.portal_access.models import PortalSession
from summit.audit.services import Mailbox
from summit.permissions.rules import declare

# Giving accounts to people and removing them.
declare("delegations.give_account", WRITERS)


@members_permissions.acts_as_focal_point(Mailbox)
def live_sign_ins(by: Mailbox, party_id: int) -> QuerySet[PortalSession]:
    """Return the portal session of a mailbox, if it is live and its person is a focal point of a party.

    `party_id` is the party's primary key.
    """
    live = PortalSession.objects.live().filter(public_id=by.public_id)
    return live.filter(person__in=FocalPoint.objects.filter(party=party_id).values("person"))
