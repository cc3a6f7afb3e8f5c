"""Permissions for liaison officers, and what they may do for the parties they look after."""

from django.db.models import Q

from delegations.core.roles import OF_PARTIES, SEE_MEMBERS, WRITERS
from delegations.liaison.models import LiaisonOfficer
from delegations.members.permissions import own_parties
from summit.permissions.models import Role
from summit.permissions.rules import declare, declare_model, own_rows
from summit.users.models import User

declare_model("delegations.liaisonofficer", view=SEE_MEMBERS, change=WRITERS, view_own=OF_PARTIES)
# To see the contacts, agenda, travel and declarations of a party on one page of the portal. It is all that a liaison
# officer may do: passports and visa letters are not part of it.
declare("delegations.assist", (), own=(Role.LIAISON_OFFICER,))


@own_rows(LiaisonOfficer)
def own_officers(user: User, role: str) -> Q:
    """Return a condition for the officers of an account's parties."""
    assigned = LiaisonOfficer.parties.through.objects.filter(party__in=own_parties(user, role).values("pk"))
    return Q(pk__in=assigned.values("liaisonofficer"))
