"""The permission to give accounts, and for which parties a user acts who signed in with a code."""

from django.db.models import QuerySet

from delegations.core.roles import WRITERS
from delegations.members import permissions as members_permissions
from delegations.members.models.focal_points import FocalPoint
from delegations.portal_access.models import PortalSession
from summit.audit.services import Mailbox
from summit.permissions.rules import declare, declare_model

# Giving accounts to people and removing them.
declare("delegations.give_account", WRITERS)
# Which provider opens the portal of a party, and who signs in there as whom.
declare_model("delegations.partyprovider", view=WRITERS, change=WRITERS)
declare_model("delegations.portalsubject", view=WRITERS, change=WRITERS)


@members_permissions.acts_as_focal_point(Mailbox)
def live_sign_ins(by: Mailbox, party_id: int) -> QuerySet[PortalSession]:
    """Return the portal session of a mailbox, if it is live and its person is a focal point of a party.

    `party_id` is the party's primary key.
    """
    people = FocalPoint.objects.filter(party=party_id).values("person")
    return PortalSession.objects.for_party(party_id).filter(public_id=by.public_id, person__in=people)
