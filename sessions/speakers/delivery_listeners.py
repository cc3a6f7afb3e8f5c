"""Listeners for speeches that were delivered, by the clock of the speakers' list. The press app registers for them.

A listener does what follows from the end of a speech, such as publishing its text, and says beforehand what that is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sessions.draft.models.participants import Slot
from summit.core.registry import Registry
from summit.users.models import User


@dataclass(frozen=True)
class DeliveryListener:
    """What follows from the end of a speech.

    - `consequences(slot, by)` returns what follows if `by` ends a speech, as sentences, or "", without what `by` may
      not know.
    - `delivered(slot, by)` does what follows, and returns what `taken_back` needs, as a JSON value.
    - `taken_back(slot, stored, by)` undoes what `delivered` did as far as possible, and returns a sentence about what
      stays, or "".

    The last two are called in the transaction of the act.
    """

    consequences: Callable[[Slot, User], str]
    delivered: Callable[[Slot, User], Any]
    taken_back: Callable[[Slot, Any, User], str]


listeners: Registry[DeliveryListener] = Registry()
