"""Transitions between the states of an invitation."""

from delegations.invitations.models.invitations import TRANSITIONS


def sources(target: str) -> list[str]:
    """Return the states from which an invitation may become `target`. Every UPDATE that changes the state filters by
    them."""
    return [state for state, following in TRANSITIONS.items() if target in following]
