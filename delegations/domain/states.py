"""What may follow what, for the functions that write states."""

from delegations.models.invitations import TRANSITIONS


class NotNow(ValueError):
    """It can't be done as things are; the text is a sentence that says why and what to do."""


def sources(target: str) -> list[str]:
    """Return the states from which an invitation may become `target`: the condition of every UPDATE that does it."""
    return [state for state, following in TRANSITIONS.items() if target in following]
