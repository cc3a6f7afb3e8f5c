"""Tables of the press office."""

from press.models.lifts import Lift, LiftMode
from press.models.subscribers import Announcement, Subscriber
from press.models.texts import Edition, EditionState, Text, TextKind, TextVersion, Wording

__all__ = [
    "Announcement",
    "Edition",
    "EditionState",
    "Lift",
    "LiftMode",
    "Subscriber",
    "Text",
    "TextKind",
    "TextVersion",
    "Wording",
]
