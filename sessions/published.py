"""What was published of the speeches of a session: the apps above register where it is found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sessions.models import ReleasedSession, Slot
from summit.models import Summit
from summit.registry import Registry


@dataclass(frozen=True)
class Published:
    """A text that everybody may read: of which speech, what it is, its title and the language of that, its path."""

    slot_key: str
    what: str
    title: str
    language: str
    url: str


# From a summit and public ids of speeches, or a query for them, to what everybody may read of them. One query.
Source = Callable[[Summit, Any], Iterable[Published]]
_sources: Registry[Source] = Registry()
source = _sources.register


def standing(*, summit: str, public_id: str) -> tuple[Published, ...]:
    """Return what is published now of all speeches of a session: what a kept page of it depends on. Two queries.

    It looks at the draft's speeches too; what of it a page may tell is `texts`' matter.
    """
    found = Summit.objects.filter(slug=summit).first()
    slots = Slot.objects.filter(session__public_id=public_id, session__summit=found).values("public_id")
    return tuple(text for function in _sources for text in function(found, slots)) if found else ()


def texts(summit: Summit, rows: Iterable[ReleasedSession]) -> dict[str, list[Published]]:
    """Return what was published of the speeches that released sessions name, by the session's public id.

    Who may not know who speaks learns of no text here: the rows name no speech then.
    """
    of = {place.slot_key: row.session.public_id for row in rows for place in row.participants.all() if place.slot_key}
    found: dict[str, list[Published]] = {}
    for function in _sources if of else ():
        for text in function(summit, of.keys()):
            found.setdefault(of[text.slot_key], []).append(text)
    return found
