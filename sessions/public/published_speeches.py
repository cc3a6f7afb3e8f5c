"""What was published of the speeches of a session: the apps above register where it is found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sessions.agenda.models.releases import ReleasedParticipant, ReleasedSession
from summit.core.registry import Registry
from summit.summits.models import Summit


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
# From a summit and a session's public id to the address of the list of what was published of its speeches.
Listing = Callable[[Summit, str], str]
_sources: Registry[Source] = Registry()
_listings: Registry[Listing] = Registry()
source = _sources.register
listing = _listings.register
# So many stand on a session's page; all of them on the list.
MOST = 30


def texts(summit: Summit, rows: Iterable[ReleasedSession]) -> dict[str, list[Published]]:
    """Return what was published of the speeches that released sessions name, by the session's public id.

    `rows` come with whom they name (`member.Who`). Who may not know who speaks learns of no text here: the rows name
    no speech then.
    """
    of = {place.slot_key: row.session.public_id for row in rows for place in _named(row) if place.slot_key}
    found: dict[str, list[Published]] = {}
    for function in _sources if of else ():
        for text in function(summit, of.keys()):
            found.setdefault(of[text.slot_key], []).append(text)
    return found


def list_of(summit: Summit, public_id: str) -> str:
    """Return the address of the list of all that was published of a session's speeches; "" where there is none."""
    return next((function(summit, public_id) for function in _listings), "")


def _named(row: ReleasedSession) -> Iterable[ReleasedParticipant]:
    leading: Iterable[ReleasedParticipant] | None = getattr(row, "leading", None)
    return row.participants.all() if leading is None else leading
