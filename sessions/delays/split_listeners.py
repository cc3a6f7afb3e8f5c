"""Listeners for sessions that are split: the packages above let the second part be like the session.

They are called in the transaction of the split, before its release.
"""

from collections.abc import Callable

from sessions.draft.models.sessions import Session
from summit.core.registry import Registry
from summit.users.models import User

# Called with the session, its second part, and the user who splits it.
SplitListener = Callable[[Session, Session, User], None]
listeners: Registry[SplitListener] = Registry()
