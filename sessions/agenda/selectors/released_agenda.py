"""The released agenda, as the public or the members of one summit may read it."""

from enum import StrEnum

from django.db.models import Prefetch

from sessions.agenda.models.releases import (
    PlaceQuerySet,
    ReleasedParticipant,
    ReleasedQuerySet,
    ReleasedRole,
    ReleasedSession,
)
from sessions.visibility.viewers import Members
from summit.summits.models import Summit


class Who(StrEnum):
    """Which participants a list of sessions loads.

    `ALL` loads all participants as `participants`. `LEADING` loads the participants who chair, moderate, speak or
    interpret as `leading`, because a plenary has too many participants for a list. `NOBODY` loads none.
    """

    ALL = "all"
    LEADING = "leading"
    NOBODY = "nobody"


def _with_related(
    rows: ReleasedQuerySet, who: Who = Who.ALL, places: PlaceQuerySet | None = None
) -> ReleasedQuerySet:
    """Return the rows with their session joined, and with the participants that `who` selects, in their order.

    `places` are those that their readers may read of; by default all.
    """
    rows = rows.select_related("session")
    order = (ReleasedParticipant.objects.all() if places is None else places).order_by(
        "released_session", "position", "id"
    )
    if who == Who.ALL:
        return rows.prefetch_related(Prefetch("participants", queryset=order))
    if who == Who.LEADING:
        leading = order.exclude(role=ReleasedRole.PARTICIPANT)
        return rows.prefetch_related(Prefetch("participants", queryset=leading, to_attr="leading"))
    return rows


def public_agenda(*, summit: Summit, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return the sessions of a summit's newest release that everybody may know of, ordered by time.

    Of their participants, they have those that public pages name. Makes two queries.
    """
    rows = _with_related(ReleasedSession.objects.public(summit), who, ReleasedParticipant.objects.named())
    return rows.order_by("starts_at", "ends_at", "id")


def members_agenda(*, summit: Summit, members: Members, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return the sessions of the newest release that these members may know of, ordered by time, with participants.

    Each row's `mine` says whether they take part. Makes two queries.
    """
    visible = ReleasedSession.objects.for_members(summit, members)
    return _with_related(visible, who).order_by("starts_at", "ends_at", "id")


def own_agenda(*, summit: Summit, members: Members, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return the sessions of `members_agenda` in which these members take part. Makes two queries."""
    return _with_related(ReleasedSession.objects.own(summit, members), who).order_by("starts_at", "ends_at", "id")


def whole_agenda(*, summit: Summit) -> ReleasedQuerySet:
    """Return all sessions of the newest release, ordered by time, with participants, for readers of the whole agenda.

    Makes two queries.
    """
    return _with_related(ReleasedSession.objects.for_desk(summit)).order_by("starts_at", "ends_at", "id")


def find(*, summit: Summit, members: Members, public_id: str) -> ReleasedSession | None:
    """Return the session with this public id from `members_agenda`, or None. Makes two queries."""
    return members_agenda(summit=summit, members=members).filter(session__public_id=public_id).first()
