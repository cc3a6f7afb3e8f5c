"""Permissions for importing parties and people from tables."""

from delegations.core.roles import WRITERS
from delegations.imports.models import DelegationImportFile
from delegations.members import permissions as members_permissions
from summit.permissions.models import Role
from summit.permissions.rules import declare, declare_model

# A focal point may import people of its own party.
declare_model("delegations.delegationimportfile", view=WRITERS, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.read_in", WRITERS, own=(Role.FOCAL_POINT,))
members_permissions.own_by_party(DelegationImportFile)
