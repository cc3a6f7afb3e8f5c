"""The deadline for confirming people."""

from datetime import datetime

from delegations.members.models.categories import Category
from delegations.parties.models.policy import Policy


def deadline(category: Category, policy: Policy) -> datetime | None:
    """Return the time by which people of a category must be confirmed, with complete data.

    The category's own deadline comes before the policy's. Return None if there is neither.
    """
    return category.confirm_by or policy.confirm_by
