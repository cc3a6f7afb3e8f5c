"""Permissions for importing parties and people from tables."""

from django.db.models import Q

from delegations.core.roles import WRITERS
from delegations.imports.models import DelegationImportFile
from delegations.members.permissions import own_parties
from summit.permissions.models import Role
from summit.permissions.rules import declare, declare_model, own_rows
from summit.users.models import User

# A focal point may import people of its own party.
declare_model("delegations.delegationimportfile", view=WRITERS, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.read_in", WRITERS, own=(Role.FOCAL_POINT,))


@own_rows(DelegationImportFile)
def _of_own_parties(user: User, role: str) -> Q:
    return Q(party_key__in=own_parties(user, role).values("public_id"))
