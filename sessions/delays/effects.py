"""What else follows from new times, told by the packages above: texts, for example."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from summit.core.registry import Registry
from summit.summits.models import Summit


@dataclass(frozen=True)
class Effect:
    """A sentence about what follows, and the address of a page about it, or ""."""

    words: str
    url: str = ""


# Called with a summit, the primary keys of the sessions that begin at another time, and the public ids of the
# speeches that move to the second part of a session.
Effects = Callable[[Summit, Collection[int], Collection[str]], Iterable[Effect]]
registry: Registry[Effects] = Registry()


def of_new_times(summit: Summit, sessions: Collection[int], speeches: Collection[str] = ()) -> list[Effect]:
    """Return what follows when sessions, by their primary keys, begin at another time.

    `speeches` are the public ids of speeches that move to the second part of a session.
    """
    return [effect for effects in registry for effect in effects(summit, sessions, speeches)]
