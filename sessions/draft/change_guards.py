"""Guards of changes to the draft: higher layers register what may refuse a change after it was written.

Code that changes the times or the room of sessions, or who takes part in them, must run within `guarded`, in one
transaction and under the lock of the agenda. A guard that raises `Blocked` rolls the change back.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from django.core.exceptions import ValidationError

from sessions.draft.models.sessions import Session
from summit.core.registry import Registry
from summit.summits.models import Summit


class Blocked(ValidationError):
    """Raised if a change would make a conflict that the summit blocks. The messages are for the user."""

    def __str__(self) -> str:
        """Return the messages, one after another."""
        return " ".join(self.messages)


# Called with the summit, the primary keys of the sessions, and the instances that are saved; both may grow while the
# change runs.
Guard = Callable[[Summit, list[int], Collection[Session]], AbstractContextManager[None]]
guards: Registry[Guard] = Registry()


@contextmanager
def guarded(summit: Summit, sessions: list[int], written: Collection[Session]) -> Iterator[None]:
    """Run a change of sessions within all guards. Raises Blocked if one refuses it.

    `sessions` are primary keys. The key of a session that the change creates is appended to the list. `written` are
    the instances whose times and rooms are saved: by them a refusal says what is in their way.
    """
    with ExitStack() as stack:
        for guard in guards:
            stack.enter_context(guard(summit, sessions, written))
        yield
