"""Permissions for zones."""

from delegations.core.roles import SEE_CATEGORIES, WRITERS
from summit.permissions.rules import declare_model

declare_model("delegations.zone", view=SEE_CATEGORIES, change=WRITERS)
