"""Permissions for parties, their names, their groups and the policy."""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from delegations.core.roles import OF_PARTIES, SEE_MEMBERS, SEE_PARTIES, WRITERS
from delegations.parties.models.parties import Party
from summit.core.registry import Registry
from summit.permissions.models import Role
from summit.permissions.rules import declare, declare_model

declare_model("delegations.party", view=SEE_PARTIES, change=WRITERS, view_own=OF_PARTIES)
declare_model("delegations.partyname", view=SEE_PARTIES, change=WRITERS)
declare_model("delegations.externalid", view=SEE_MEMBERS, change=WRITERS)
declare_model("delegations.policy", view=SEE_MEMBERS, change=WRITERS)
# Setting how many people delegations can name by default, and how many more places protocol can give single ones.
SET_DEFAULT_QUOTAS = "delegations.set_default_quotas"
declare(SET_DEFAULT_QUOTAS, (Role.ORGANISER,))
# Groups of parties, which desks use as filters.
declare_model("delegations.partygroup", view=SEE_MEMBERS, change=WRITERS)
# Conditions on parties. If a party doesn't meet all of them, it has left its summit.
_conditions: Registry[Callable[[], Q]] = Registry()
stays = _conditions.register


def standing_parties() -> QuerySet[Party]:
    """Return the parties that have not left their summit. Nobody has access to the portal for one that has."""
    return Party.objects.order_by().filter(*(condition() for condition in _conditions))
