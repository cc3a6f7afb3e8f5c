"""Until when people are to be confirmed."""

from datetime import datetime

from delegations.members.models.categories import Category
from delegations.parties.models.policy import Policy


def deadline(category: Category, policy: Policy) -> datetime | None:
    """Return until when people of a category are to be confirmed, with all that is asked of them."""
    return category.confirm_by or policy.confirm_by
