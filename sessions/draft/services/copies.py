"""Sessions that are made from another one: what a copy has of its original, and the second part of a session."""

from collections.abc import Iterable

from django.db import models

from sessions.draft.models.participants import Participant
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.services import planning
from sessions.draft.services.planning import Rows
from sessions.visibility.models import PARTS
from summit.users.models import User

# What a copy has of its original, besides its translations and interpretation.
COPIED = (
    *("kind", "custom_kind", "title", "summary", "set_up", "clear_down", "capacity", "media", "sign_up"),
    *("visibility", *(f"{part}_to" for part in PARTS), "opening", "speech_minutes"),
)
_PARTICIPANT = ("party", "level", "person", "category", "role", "position")


def like(original: Session, placement: Placement) -> tuple[Session, dict[str, Rows]]:
    """Return an unsaved session like another one, with its unsaved translations and interpretation.

    Makes two queries.
    """
    made = Session(summit=original.summit, **{name: getattr(original, name) for name in COPIED})
    made.starts_at, made.ends_at, made.room = placement.starts_at, placement.ends_at, placement.room
    texts = [_copied(row, made, ("language", "title", "summary")) for row in original.texts.all()]
    languages = [_copied(row, made, ("source", "target", "booth")) for row in original.interpretation.all()]
    return made, {"texts": Rows(added=texts), "interpretation": Rows(added=languages)}


def add_second_part(
    *, session: Session, placement: Placement, title: str, titles: dict[str, str], by: User
) -> Session:
    """Create a session in which another one goes on, with the same participants, and return it.

    `titles` has the titles in other languages. Speeches and documents stay where they are. The deadline for requests
    to speak is that of the session.

    The caller has checked the permission, and holds the lock of the agenda in an open transaction. Raises Blocked if
    it makes a conflict that the summit blocks.
    """
    made, rows = like(session, placement)
    made.title, made.opening, made.requests_until = title, None, session.requests_until
    for text in rows["texts"].added:
        text.title = titles[text.language]
    participants = [_copied(row, made, _PARTICIPANT) for row in session.participants.order_by("position", "pk")]
    return planning.create(by=by, session=made, rows=_filled({**rows, "participants": Rows(added=participants)}))


def _filled(rows: dict[str, Rows]) -> dict[str, Rows]:
    return {name: changes for name, changes in rows.items() if changes}


def _copied(row: SessionText | Interpretation | Participant, session: Session, names: Iterable[str]) -> models.Model:
    return type(row)(session=session, **{name: getattr(row, name) for name in names})
