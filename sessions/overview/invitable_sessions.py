"""The data of sessions that delegations need to send invitations (delegations.invitations.invitable_sessions)."""

from collections.abc import Iterable

from delegations.invitations import invitable_sessions
from delegations.invitations.invitable_sessions import Occasion
from sessions.draft.models.sessions import Session
from sessions.visibility.models import Visibility
from summit.core.punctuation import comma
from summit.summits.models import Summit


@invitable_sessions.register
def find(summit: Summit, keys: Iterable[str] | None) -> dict[str, Occasion]:
    """Return sessions of the working draft as occasions, by public id, in the order of the agenda.

    `keys` are the public ids of the wanted sessions; None means all sessions.
    """
    rows = Session.objects.filter(summit=summit).select_related("room__venue").order_by("starts_at", "pk")
    if keys is not None:
        rows = rows.filter(public_id__in=list(keys))
    return {row.public_id: _occasion(row) for row in rows}


def _occasion(row: Session) -> Occasion:
    place = comma().join((row.room.name, row.room.venue.name)) if row.room else ""
    return Occasion(
        key=row.public_id,
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=place,
        open=row.cancelled_at is None and row.visibility != Visibility.ORGANISERS,
        cancelled=row.cancelled_at is not None,
    )
