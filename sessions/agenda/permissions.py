"""Who reads what of the released agenda isn't public."""

from summit.permissions.models import Role
from summit.permissions.rules import declare_model

# What of the released agenda isn't public is for those who take part in it.
declare_model("agenda.agenda", view=(), change=(), view_own=(Role.FOCAL_POINT, Role.DELEGATE))
