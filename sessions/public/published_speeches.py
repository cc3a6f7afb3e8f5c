"""Published texts of a session's speeches. Higher layers register functions that find them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sessions.agenda.models.releases import ReleasedParticipant, ReleasedSession
from summit.core.registry import Registry
from summit.summits.models import Summit


@dataclass(frozen=True)
class Published:
    """A public text: the key of its speech, the kind of text, its title with the language, and its path."""

    slot_key: str
    what: str
    title: str
    language: str
    url: str


# Returns the public texts of speeches. It is called with a summit and the speeches' public ids, or a query for these.
# Makes one query.
Source = Callable[[Summit, Any], Iterable[Published]]
# Returns the URL of the list of published texts, from a summit and a session's public id.
Listing = Callable[[Summit, str], str]
_sources: Registry[Source] = Registry()
_listings: Registry[Listing] = Registry()
source = _sources.register
listing = _listings.register
# How many texts a session's page shows. The list of texts shows all of them.
MOST = 30


def texts(summit: Summit, rows: Iterable[ReleasedSession]) -> dict[str, list[Published]]:
    """Return a dict from a released session's public id to the published texts of its speeches.

    `rows` must have loaded their participants (`released_agenda.Who`). The rows of readers who may not know the
    speakers have no speeches, so these readers get no texts.
    """
    session_keys = {place.slot_key: row.session.public_id for row in rows for place in _named(row) if place.slot_key}
    found: dict[str, list[Published]] = {}
    for find in _sources if session_keys else ():
        for text in find(summit, session_keys.keys()):
            found.setdefault(session_keys[text.slot_key], []).append(text)
    return found


def list_of(summit: Summit, public_id: str) -> str:
    """Return the URL of the list of all published texts of a session's speeches, or "" if there is no list."""
    return next((function(summit, public_id) for function in _listings), "")


def _named(row: ReleasedSession) -> Iterable[ReleasedParticipant]:
    leading: Iterable[ReleasedParticipant] | None = getattr(row, "leading", None)
    return row.participants.all() if leading is None else leading
