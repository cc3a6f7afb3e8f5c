"""Who sees which part of a session, as the desk reads it."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sessions.domain.wording import SHOWN_PARTS
from sessions.models import Session, Visibility
from sessions.models.visibility import PARTS, RANKS, rank_of


def who_sees(session: Session) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return, for each sort of reader, whether they know of the session and see each of its parts."""
    labels = [_("that it takes place"), *(str(SHOWN_PARTS[part]) for part in PARTS)]
    found = []
    for value, rank in RANKS.items():
        seen = [RANKS[session.visibility] <= rank]
        seen += [rank_of(session.visibility, getattr(session, f"{part}_to")) <= rank for part in PARTS]
        found.append((capfirst(str(Visibility(value).label)), list(zip(labels, seen, strict=True))))
    return found
