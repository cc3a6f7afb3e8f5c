"""Who asks for a new focal point, and who decides."""

from delegations.core.roles import WRITERS
from delegations.focal_points.models import FocalPointRequest
from delegations.members import permissions as members_permissions
from summit.permissions.models import Role
from summit.permissions.rules import declare, declare_model

# A new one is asked for by those who act for the party, and decided by protocol; asking and leaving are one right.
declare_model("delegations.focalpointrequest", view=WRITERS, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.ask_focal_point", WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.decide_focal_point", WRITERS)
members_permissions.own_by_party(FocalPointRequest)
