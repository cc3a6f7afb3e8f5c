"""Permissions for retention times."""

from summit.permissions.models import Role
from summit.permissions.rules import declare_model

# Retention times of personal data.
declare_model("delegations.retention", view=(Role.ORGANISER,), change=(Role.ORGANISER,))
