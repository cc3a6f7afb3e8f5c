"""Who says for how long data are kept."""

from summit.permissions.models import Role
from summit.permissions.rules import declare_model

# How long what is personal is kept.
declare_model("delegations.retention", view=(Role.ORGANISER,), change=(Role.ORGANISER,))
