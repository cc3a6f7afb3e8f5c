"""Roles that may read the parts of the released agenda that aren't public."""

from summit.permissions.models import Role
from summit.permissions.rules import declare_model

# Focal points and delegates read what isn't public through their own rows.
declare_model("agenda.agenda", view=(), change=(), view_own=(Role.FOCAL_POINT, Role.DELEGATE))
