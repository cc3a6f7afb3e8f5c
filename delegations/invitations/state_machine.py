"""From which states an invitation may become another."""

from delegations.invitations.models.invitations import TRANSITIONS


def sources(target: str) -> list[str]:
    """Return the states from which an invitation may become `target`: the condition of every UPDATE that does it."""
    return [state for state, following in TRANSITIONS.items() if target in following]
