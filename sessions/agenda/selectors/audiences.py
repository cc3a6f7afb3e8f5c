"""Who sees which part of a session, once it is released."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sessions.agenda.selectors.differences import Change
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.draft.models.sessions import Session
from sessions.visibility.models import PARTS, RANKS, Visibility, rank_of


@dataclass(frozen=True)
class Seen:
    """What readers of a sort see of a session: whether they know that it takes place, and of each part whether they
    see it."""

    reader: Visibility
    knows: bool
    parts: Mapping[str, bool]


def who_sees(session: Session) -> list[Seen]:
    """Return what each sort of reader sees, those who see least first. No query."""
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
    """The sessions that readers of a sort, and nobody who sees less, know of once they are released."""

    reader: Visibility
    sessions: tuple[Snapshot, ...]


def audiences(changes: Iterable[Change]) -> list[Audience]:
    """Return the sessions that changes leave in the agenda by who reads them: what everybody reads first."""
    found: dict[str, list[Snapshot]] = {value: [] for value in RANKS}
    for change in changes:
        if change.after is not None:
            found[change.after.visibility].append(change.after)
    return [Audience(Visibility(value), tuple(sessions)) for value, sessions in found.items() if sessions]
