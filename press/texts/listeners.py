"""Listeners that are called when texts change, in the same transaction.

- `stored`: an edition is stored. The search indexes it.
- `withdrawn`: a text is withdrawn or removed. Webhooks and feeds are notified.
"""

from collections.abc import Callable

from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from summit.core.registry import Registry

Store = Callable[[Edition], None]
_storing: Registry[Store] = Registry()
stored = _storing.register

# Called with the text, and whether it is removed.
Withdraw = Callable[[Text, bool], None]
_withdrawing: Registry[Withdraw] = Registry()
withdrawn = _withdrawing.register


def store(edition: Edition) -> None:
    """Call the listeners of `stored`, in the transaction that stores the edition."""
    for listener in _storing:
        listener(edition)


def withdraw(text: Text, *, removed: bool) -> None:
    """Call the listeners of `withdrawn`, in the transaction that withdraws or removes the text."""
    for listener in _withdrawing:
        listener(text, removed)
