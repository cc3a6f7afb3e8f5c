"""Errors of the press office's decisions; each message is a sentence for the user."""

from press.texts.models.editions import Edition


class DecisionRefused(Exception):
    """The decision doesn't fit the current state. The message says why and what to do."""


class EditConflict(DecisionRefused):
    """Somebody saved a newer edition than the one that this change is based on. `newest` is the newer edition."""

    def __init__(self, message: str, newest: Edition) -> None:
        super().__init__(message)
        self.newest = newest
