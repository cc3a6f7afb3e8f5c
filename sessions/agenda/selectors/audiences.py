"""Finds which kinds of reader see which parts of a session after its release."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sessions.agenda.selectors.differences import SessionChange
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.draft.models.sessions import Session
from sessions.visibility.models import PARTS, RANKS, Visibility, rank_of


@dataclass(frozen=True)
class Seen:
    """What one kind of reader sees of a session.

    `knows` says whether these readers know that the session takes place. `parts` says for each part whether they see
    it.
    """

    reader: Visibility
    knows: bool
    parts: Mapping[str, bool]


def who_sees(session: Session) -> list[Seen]:
    """Return what each kind of reader sees of a session, starting with everybody, who see least. Makes no query."""
    ranks = {part: rank_of(session.visibility, getattr(session, f"{part}_to")) for part in PARTS}
    return [
        Seen(
            reader=Visibility(value),
            knows=RANKS[session.visibility] <= rank,
            parts={part: least <= rank for part, least in ranks.items()},
        )
        for value, rank in RANKS.items()
    ]


@dataclass(frozen=True)
class Audience:
    """The sessions that one kind of reader knows of after the release, but readers of a lower rank don't."""

    reader: Visibility
    sessions: tuple[Snapshot, ...]


def audiences(changes: Iterable[SessionChange]) -> list[Audience]:
    """Return the sessions that remain after these changes, grouped by their audience, starting with everybody."""
    found: dict[str, list[Snapshot]] = {value: [] for value in RANKS}
    for change in changes:
        if change.after is not None:
            found[change.after.visibility].append(change.after)
    return [Audience(Visibility(value), tuple(sessions)) for value, sessions in found.items() if sessions]
