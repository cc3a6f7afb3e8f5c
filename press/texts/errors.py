"""Errors of the press office's services. Each message is a sentence for the user."""

from press.texts.models.editions import Edition


class DecisionRefused(Exception):
    """A decision can't be made, for example in the current state. The message says why, and what to do."""


class EditConflict(DecisionRefused):
    """The change is based on an edition that isn't the newest any more. `newest` is the edition saved since."""

    def __init__(self, message: str, newest: Edition) -> None:
        super().__init__(message)
        self.newest = newest
