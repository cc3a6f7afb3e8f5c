"""Who sees which part of a session of the draft, once it is released."""

from collections.abc import Mapping
from dataclasses import dataclass

from sessions.models import Session, Visibility
from sessions.models.visibility import PARTS, RANKS, rank_of


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
