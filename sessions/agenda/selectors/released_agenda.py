"""The released agenda and its changes, as the public or the members of one summit may read them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet

from sessions.agenda.models.releases import (
    EntryQuerySet,
    Release,
    ReleasedParticipant,
    ReleasedQuerySet,
    ReleasedRole,
    ReleasedSession,
    ReleaseEntry,
)
from sessions.agenda.models.removals import PublicNotice, PublicRemoval
from sessions.agenda.selectors.differences import Nature, SessionChange, in_order
from sessions.agenda.selectors.released_snapshots import snapshots
from sessions.agenda.selectors.snapshots import Snapshot, hidden_parts
from sessions.visibility.models import DESK
from sessions.visibility.viewers import Members
from summit.summits.models import Summit


@dataclass(frozen=True)
class ReleaseChanges:
    """What a release changed for a reader."""

    release: Release
    changes: list[SessionChange]


class Who(StrEnum):
    """Which participants a list of sessions loads.

    `ALL` loads everybody as `participants`. `LEADING` loads those who chair, moderate, speak or interpret as
    `leading`, because a plenary has too many participants for a list. `NOBODY` loads none.
    """

    ALL = "all"
    LEADING = "leading"
    NOBODY = "nobody"


def _with_related(rows: ReleasedQuerySet, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return the rows with their session joined, and with participants in their order as `who` says."""
    rows = rows.select_related("session")
    order = ReleasedParticipant.objects.order_by("released_session", "position", "id")
    if who == Who.ALL:
        return rows.prefetch_related(Prefetch("participants", queryset=order))
    if who == Who.LEADING:
        leading = order.exclude(role=ReleasedRole.PARTICIPANT)
        return rows.prefetch_related(Prefetch("participants", queryset=leading, to_attr="leading"))
    return rows


def public_agenda(*, summit: Summit, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return the sessions of a summit's newest release that everybody may know of, ordered by time. Two queries."""
    return _with_related(ReleasedSession.objects.public(summit), who).order_by("starts_at", "ends_at", "id")


def members_agenda(*, summit: Summit, members: Members, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return the sessions of the newest release that these members may know of, ordered by time, with participants.

    Each row's `mine` says whether they take part. Two queries.
    """
    visible = ReleasedSession.objects.for_members(summit, members)
    return _with_related(visible, who).order_by("starts_at", "ends_at", "id")


def own_agenda(*, summit: Summit, members: Members, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return the sessions of `members_agenda` in which these members take part. Two queries."""
    return _with_related(ReleasedSession.objects.own(summit, members), who).order_by("starts_at", "ends_at", "id")


def whole_agenda(*, summit: Summit) -> ReleasedQuerySet:
    """Return all sessions of the newest release, ordered by time, with participants, for readers of everything.

    Two queries.
    """
    return _with_related(ReleasedSession.objects.for_desk(summit)).order_by("starts_at", "ends_at", "id")


def find(*, summit: Summit, members: Members, public_id: str) -> ReleasedSession | None:
    """Return the session with this public id from `members_agenda`, or None. Two queries."""
    return members_agenda(summit=summit, members=members).filter(session__public_id=public_id).first()


def changes(
    *, summit: Summit, members: Members, limit: int = 20, everything: bool = False, language: str | None = None
) -> list[ReleaseChanges]:
    """Return what the last `limit` releases changed for these members, newest first, for readers of a language.

    By default these are the changes of their own programme, including those that they may no longer see. With
    `everything`, these are the changes of all that they may know of now, as in `public_changes`.
    """
    entries = ReleaseEntry.objects.filter(release__summit=summit)
    if everything:
        return _as_read_now(summit, entries.for_members(members), limit, language)
    return _history(summit, entries.of_members(members), limit, language)


def public_changes(*, summit: Summit, limit: int = 20, language: str | None = None) -> list[ReleaseChanges]:
    """Return what the last `limit` releases changed for everybody, newest first, for readers of a language.

    Older releases are filtered by what everybody may read now. A session that has been hidden is left out, unless a
    public notice was left for it; parts that have been hidden are left out too.
    """
    visible = ReleaseEntry.objects.filter(release__summit=summit).for_public()
    return _as_read_now(summit, visible, limit, language, notices=_notices(summit))


def all_changes(*, summit: Summit, limit: int = 20, language: str | None = None) -> list[ReleaseChanges]:
    """Return all changes of the last `limit` releases, newest first, for readers of everything in a language."""
    return _history(summit, ReleaseEntry.objects.filter(release__summit=summit).at(DESK), limit, language)


@dataclass(frozen=True)
class Ended:
    """A session that is no longer in the public agenda, as last published; it is cancelled or gone."""

    row: ReleasedSession
    nature: Nature


def ended(*, summit: Summit, public_id: str) -> Ended | None:
    """Return the last public state of a session that is no longer in the public agenda, by its public id.

    It was cancelled while public, or hidden with a public notice. None for every other session, and if the summit
    doesn't publish changes. Two queries at most.
    """
    if not summit.public_changes:
        return None
    entries = ReleaseEntry.objects.filter(session__public_id=public_id).select_related("released_session")
    current = ReleaseEntry.objects.current(summit).order_by().values("session")
    last = entries.latest_of_sessions(summit).for_public().exclude(session__in=current).first()
    if last is not None:
        return Ended(last.released_session, Nature.CANCELLED)
    removal = _notices(summit).filter(session__public_id=public_id).first()
    if removal is None:
        return None
    read = entries.filter(release__summit=summit, release__number__lt=removal.release.number).for_public()
    entry = read.order_by("-release__number").first()
    return Ended(entry.released_session, NATURES[removal.notice]) if entry else None


# How the public record describes a session that was hidden with a notice.
NATURES: dict[str, Nature] = {PublicNotice.CANCELLED: Nature.CANCELLED, PublicNotice.REMOVED: Nature.GONE}


def _notices(summit: Summit) -> "QuerySet[PublicRemoval]":
    """Return the latest removal with a public notice of each session that hasn't been public again since."""
    back = ReleaseEntry.objects.filter(session=OuterRef("session"), release__number__gte=OuterRef("release__number"))
    later = PublicRemoval.objects.filter(session=OuterRef("session"), release__number__gt=OuterRef("release__number"))
    rows = PublicRemoval.objects.filter(release__summit=summit, notice__in=NATURES)
    return rows.filter(~Exists(back.for_public()), ~Exists(later)).select_related("release")


def _hidden_now(summit: Summit, visible: EntryQuerySet, sessions: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return, by session primary key, the parts that are hidden now from the readers of the `visible` entries.

    It has each session that they may still know of, or knew of when it was cancelled. One query.
    """
    rows = visible.filter(session__in=sessions).latest_of_sessions(summit).order_by()
    # All ranks of an entry read the same, so a part hidden from its highest rank is hidden from all of them.
    return {
        session: hidden_parts(visibility, dict(audiences), high)
        for session, high, visibility, audiences in rows.values_list(
            "session_id", "high", "full__visibility", "full__audiences"
        )
    }


def _as_read_now(
    summit: Summit,
    visible: EntryQuerySet,
    limit: int,
    language: str | None,
    notices: "QuerySet[PublicRemoval] | None" = None,
) -> list[ReleaseChanges]:
    """Return what the newest releases changed, reduced to what these readers may know now.

    For a session with one of the `notices`, only its end is included. Six queries, seven with notices.
    """
    found = _history(summit, visible, limit, language)
    hidden = _hidden_now(summit, visible, {change.session.session_id for each in found for change in each.changes})
    natures = {} if notices is None else {row.session_id: NATURES[row.notice] for row in notices}

    def known(change: SessionChange) -> SessionChange | None:
        session = change.session.session_id
        if session in hidden:
            return change.without(hidden[session])
        # Included once: if the session was hidden a second time, the last time counts.
        if change.after is None and session in natures:
            return replace(change, nature=natures.pop(session))
        return None

    return _mapped(found, known, language)


def _mapped(
    found: Iterable[ReleaseChanges], known: Callable[[SessionChange], SessionChange | None], language: str | None
) -> list[ReleaseChanges]:
    """Return the changes as mapped by `known`, without those that are None or that readers wouldn't notice."""
    result = []
    for each in found:
        told = [now for change in each.changes if (now := known(change)) and now.is_noticeable(language)]
        if told:
            result.append(ReleaseChanges(each.release, in_order(told)))
    return result


# Both by (release number, session): the old row with whether the release still holds the session, and the new row.
_Was = dict[tuple[int, int], tuple[int, bool]]
_Now = dict[tuple[int, int], int]


def _changed(summit: Summit, visible: EntryQuerySet, numbers: list[int]) -> tuple[_Was, _Now]:
    """Return the visible rows that these releases removed or replaced, and those that they added. Two queries."""
    stands = ReleaseEntry.objects.filter(
        release__summit=summit, release__number=OuterRef("release__number") + 1, session=OuterRef("session")
    )
    following = visible.filter(
        release__number=OuterRef("release__number") + 1, released_session=OuterRef("released_session")
    )
    preceding = visible.filter(
        release__number=OuterRef("release__number") - 1, released_session=OuterRef("released_session")
    )
    old = (
        visible.filter(~Exists(following), release__number__in=[number - 1 for number in numbers])
        .annotate(stands=Exists(stands), told_in=F("release__number") + 1)
        .values_list("told_in", "session_id", "released_session_id", "stands")
    )
    new = (
        visible.filter(~Exists(preceding), release__number__in=numbers)
        .annotate(told_in=F("release__number"))
        .values_list("told_in", "session_id", "released_session_id")
    )
    was = {(number, session): (row, stands) for number, session, row, stands in old}
    now = {(number, session): row for number, session, row in new}
    return was, now


def _history(summit: Summit, visible: EntryQuerySet, limit: int, language: str | None) -> list[ReleaseChanges]:
    """Return what the newest releases changed among the entries that were visible before or after. Five queries.

    The first release counts as no change. A session that is no longer visible is CANCELLED if the release doesn't
    hold it any more, and GONE if it does.
    """
    releases = list(Release.objects.filter(summit=summit, number__gt=1).order_by("-number")[:limit])
    if not releases:
        return []
    was, now = _changed(summit, visible, [release.number for release in releases])
    wanted = {row for row, _stands in was.values()} | set(now.values())
    rows = snapshots(summit, ReleasedSession.objects.filter(pk__in=wanted))
    found: dict[int, list[SessionChange]] = {}
    for key in was.keys() | now.keys():
        before, stood = was.get(key, (None, True))
        change = _change(rows, before, now.get(key), stands=stood)
        if change.is_noticeable(language):
            found.setdefault(key[0], []).append(change)
    return [
        ReleaseChanges(release, in_order(found[release.number])) for release in releases if release.number in found
    ]


def _change(rows: dict[int, Snapshot], before: int | None, after: int | None, *, stands: bool) -> SessionChange:
    if before is None:
        return SessionChange(Nature.ADDED, None, rows[after or 0])
    if after is not None:
        return SessionChange(Nature.CHANGED, rows[before], rows[after])
    return SessionChange(Nature.GONE if stands else Nature.CANCELLED, rows[before], None)
