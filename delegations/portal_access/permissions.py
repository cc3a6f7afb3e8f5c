"""Who gives accounts, and for whom a code to a mailbox acts."""

from django.db.models import QuerySet

from delegations.core.roles import WRITERS
from delegations.members import permissions as members_permissions
from delegations.members.models.focal_points import FocalPoint
from delegations.portal_access.models import PortalSession
from summit.audit.services import Mailbox
from summit.permissions.rules import declare

# Giving people accounts and taking them away.
declare("delegations.give_account", WRITERS)


@members_permissions.acts_as_focal_point(Mailbox)
def live_sign_ins(by: Mailbox, party_id: int) -> QuerySet[PortalSession]:
    """Return the sign-in by a code, where it is not ended and its person is a focal point of a party."""
    live = PortalSession.objects.live().filter(public_id=by.public_id)
    return live.filter(person__in=FocalPoint.objects.filter(party=party_id).values("person"))
