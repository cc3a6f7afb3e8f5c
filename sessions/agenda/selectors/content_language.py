"""The language of the texts that people wrote about a session, so that pages can mark it.

"" is the summit's own language.
"""

from collections.abc import Iterable

from django.utils.translation import get_language

from delegations.parties.selectors.party_names import Book
from sessions.agenda.selectors.differences import ROLES, Value, What
from sessions.agenda.selectors.snapshots import ParticipantSnapshot, Snapshot

# The parts of a session that people wrote.
WRITTEN = {What.ROOM, What.TITLE, What.SUMMARY, What.DOCUMENTS, *ROLES}
# The name of a kind is included because it may be the summit's own name.
TOLD = {What.KIND, *WRITTEN}


def of_title(session: Snapshot, language: str | None) -> str:
    """Return the language of the title that readers of `language` see, or of the kind's name if the title is
    hidden."""
    return of_text(session, language) if session.title else of_kind(session, language)


def of_text(session: Snapshot, language: str | None) -> str:
    """Return `language` if the title and summary exist in it, otherwise "" for the summit's language."""
    return language if language and any(code == language for code, _title, _summary in session.texts) else ""


def of_kind(session: Snapshot, language: str | None) -> str:
    """Return the language of the kind's name that readers of `language` see.

    The name of a standard kind is in the language of the page.
    """
    if not session.kind_names:
        return get_language() or ""
    return language if language and language in dict(session.kind_names) else ""


def of_side(what: What, session: Snapshot | None, found: Value, language: str | None, names: Book | None) -> str:
    """Return the language of `found`, the old or new value of a change; "" if it isn't all in one language."""
    if session is not None and what in (What.TITLE, What.SUMMARY):
        return of_text(session, language)
    if session is not None and what == What.KIND:
        return of_kind(session, language)
    if what == What.DOCUMENTS and isinstance(found, tuple):
        return _one(row[2] for row in found if not isinstance(row, ParticipantSnapshot))
    if what in ROLES and isinstance(found, tuple) and names is not None:
        return _one(_of_place(row, names) for row in found if isinstance(row, ParticipantSnapshot))
    return ""


def _of_place(place: ParticipantSnapshot, names: Book) -> str:
    party = names.of(place.party_id) if place.person_id is None and not place.slot_key else None
    return party.language if party else ""


def _one(languages: Iterable[str]) -> str:
    found = set(languages)
    return found.pop() if len(found) == 1 else ""
