"""What the press office's decisions may run into, each said in a sentence for whoever decides."""

from press.texts.models.editions import Edition


class DecisionRefused(Exception):
    """The decision doesn't fit what stands now; the message says why and what to do."""


class EditConflict(DecisionRefused):
    """Somebody saved a newer edition than the one that this change was based on; `newest` is theirs."""

    def __init__(self, message: str, newest: Edition) -> None:
        super().__init__(message)
        self.newest = newest
