"""Permissions for requests for focal points."""

from delegations.core.roles import WRITERS
from delegations.focal_points.models import FocalPointRequest
from delegations.members import permissions as members_permissions
from summit.permissions.models import Role
from summit.permissions.rules import declare, declare_model

# Those who act for the party request a new focal point, and protocol decides. The permission to request one also
# covers leaving.
declare_model("delegations.focalpointrequest", view=WRITERS, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.ask_focal_point", WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.decide_focal_point", WRITERS)
members_permissions.own_by_party(FocalPointRequest)
