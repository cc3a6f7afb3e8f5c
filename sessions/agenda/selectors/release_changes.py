"""What the releases of the agenda changed, as the public or the members of one summit may know it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from sessions.agenda.models.releases import (
    EntryQuerySet,
    PlaceQuerySet,
    Release,
    ReleasedParticipant,
    ReleasedSession,
    ReleaseEntry,
)
from sessions.agenda.models.removals import PublicNotice, PublicRemoval
from sessions.agenda.selectors.differences import Nature, SessionChange, in_order
from sessions.agenda.selectors.released_snapshots import snapshots
from sessions.agenda.selectors.snapshots import Snapshot, hidden_parts
from sessions.visibility.models import DESK, EVERYBODY
from sessions.visibility.viewers import Members
from summit.summits.models import Summit

# How the public record describes a session that was hidden with a notice.
NATURES: dict[str, Nature] = {PublicNotice.CANCELLED: Nature.CANCELLED, PublicNotice.REMOVED: Nature.GONE}


@dataclass(frozen=True)
class ReleaseChanges:
    """A release with the changes that it made for a reader."""

    release: Release
    changes: list[SessionChange]


def changes(
    *, summit: Summit, members: Members, limit: int = 20, everything: bool = False, language: str | None = None
) -> list[ReleaseChanges]:
    """Return what the last `limit` releases changed for these members, newest first, for readers of a language.

    By default, these are the changes of the members' own programme, including changes of sessions that they may no
    longer see. With `everything`, these are the changes of all sessions that they may know of now, without the parts
    that are hidden now.
    """
    entries = ReleaseEntry.objects.filter(release__summit=summit)
    if everything:
        visible = entries.for_members(members)
        return _as_read_now(summit, visible, _history(summit, visible, limit, language), language)
    return _history(summit, entries.of_members(members), limit, language)


def public_changes(*, summit: Summit, limit: int = 20, language: str | None = None) -> list[ReleaseChanges]:
    """Return what the last `limit` releases changed for everybody, newest first, for readers of a language.

    Older releases are filtered by what everybody may read now. A session that is hidden now is left out, unless it
    was hidden with a public notice. Parts that are hidden now are left out too.
    """
    visible = ReleaseEntry.objects.filter(release__summit=summit).for_public()
    places = ReleasedParticipant.objects.named()
    history = _history(summit, visible, limit, language, places)
    return _as_read_now(summit, visible, history, language, notices=_notices(summit))


def changes_at(*, summit: Summit, rank: int, limit: int = 20) -> list[ReleaseChanges]:
    """Return what the last `limit` releases changed for readers of a rank, newest first, as they may read it now.

    Everybody reads of changes only if the summit shows them to the public.
    """
    if rank == EVERYBODY:
        return public_changes(summit=summit, limit=limit) if summit.public_changes else []
    visible = ReleaseEntry.objects.filter(release__summit=summit).at(rank)
    return _as_read_now(summit, visible, _history(summit, visible, limit, None), None)


def all_changes(*, summit: Summit, limit: int = 20, language: str | None = None) -> list[ReleaseChanges]:
    """Return all changes of the last `limit` releases, newest first.

    They are for readers of the whole agenda, in `language`.
    """
    return _history(summit, ReleaseEntry.objects.filter(release__summit=summit).at(DESK), limit, language)


@dataclass(frozen=True)
class Ended:
    """The last published state of a session that is no longer in the public agenda; `nature` is CANCELLED or GONE."""

    row: ReleasedSession
    nature: Nature


def ended(*, summit: Summit, public_id: str) -> Ended | None:
    """Return the last public state of a session that is no longer in the public agenda, by its public id.

    The session was cancelled while public, or hidden with a public notice. Return None for every other session, and
    if the summit doesn't publish changes. Makes three queries at most.
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


@dataclass(frozen=True)
class CancelledSession:
    """A cancelled session as its readers read it last, and when it was cancelled.

    `reason` is that of the cancellation, and `note` that of the release, in the reader's language. Messages tell both
    to participants. They are "" for other readers, and where they aren't written in the language.
    """

    row: ReleasedSession
    cancelled_at: datetime
    reason: str
    note: str


def cancelled(*, summit: Summit, members: Members, public_id: str, language: str) -> CancelledSession | None:
    """Return a session that the newest release has no more, as these members could read it until then.

    Return None for a session that they could not read, and for one that is only hidden from them: the release still
    has it. Makes four queries at most.
    """
    entries = ReleaseEntry.objects.filter(session__public_id=public_id).select_related("release")
    current = ReleaseEntry.objects.current(summit).order_by().values("session")
    last = entries.latest_of_sessions(summit).for_members(members).exclude(session__in=current).first()
    if last is None:
        return None
    row = ReleasedSession.objects.select_related("session").get(pk=last.released_session_id)
    release = Release.objects.get(summit=summit, number=last.release.number + 1)
    told = entries.filter(release=last.release_id).of_members(members).exists()
    words = (row.session.reason_in(language), release.note_in(language)) if told else ("", "")
    return CancelledSession(row, release.released_at, *words)


def _notices(summit: Summit) -> "QuerySet[PublicRemoval]":
    """Return each session's latest removal, if it has a public notice and the session hasn't been public again."""
    again = ReleaseEntry.objects.filter(session=OuterRef("session"), release__number__gte=OuterRef("release__number"))
    later = PublicRemoval.objects.filter(session=OuterRef("session"), release__number__gt=OuterRef("release__number"))
    rows = PublicRemoval.objects.filter(release__summit=summit, notice__in=NATURES)
    return rows.filter(~Exists(again.for_public()), ~Exists(later)).select_related("release")


def _hidden_now(summit: Summit, visible: EntryQuerySet, sessions: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return a dict from session primary key to the parts hidden now from the readers of the `visible` entries.

    It has each session that these readers may still know of, or knew of when it was cancelled. Makes one query.
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
    history: list[ReleaseChanges],
    language: str | None,
    notices: "QuerySet[PublicRemoval] | None" = None,
) -> list[ReleaseChanges]:
    """Return the `history` of what releases changed, reduced to what these readers may know now.

    For a session with one of the `notices`, only the change that removed it is included. Makes one query, two with
    notices.
    """
    hidden = _hidden_now(summit, visible, {change.session.session_id for each in history for change in each.changes})
    natures = {} if notices is None else {row.session_id: NATURES[row.notice] for row in notices}

    def known(change: SessionChange) -> SessionChange | None:
        session = change.session.session_id
        if session in hidden:
            return change.without(hidden[session])
        # Included once: if the session was hidden a second time, the last time counts.
        if change.after is None and session in natures:
            return replace(change, nature=natures.pop(session))
        return None

    return _mapped(history, known, language)


def _mapped(
    found: Iterable[ReleaseChanges], known: Callable[[SessionChange], SessionChange | None], language: str | None
) -> list[ReleaseChanges]:
    """Return the changes as mapped by `known`.

    Changes for which `known` returns None are left out, and changes that readers of `language` wouldn't notice.
    """
    result = []
    for each in found:
        visible = [mapped for change in each.changes if (mapped := known(change)) and mapped.is_noticeable(language)]
        if visible:
            result.append(ReleaseChanges(each.release, in_order(visible)))
    return result


# Both are keyed by (release number, session). `_Was` has the old row and whether the release still has the session,
# `_Now` has the new row.
_Was = dict[tuple[int, int], tuple[int, bool]]
_Now = dict[tuple[int, int], int]


def _changed(summit: Summit, visible: EntryQuerySet, numbers: list[int]) -> tuple[_Was, _Now]:
    """Return the visible rows that these releases removed or replaced, and the rows that they added.

    Makes two queries.
    """
    still_released = ReleaseEntry.objects.filter(
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
        .annotate(stands=Exists(still_released), told_in=F("release__number") + 1)
        .values_list("told_in", "session_id", "released_session_id", "stands")
    )
    new = (
        visible.filter(~Exists(preceding), release__number__in=numbers)
        .annotate(told_in=F("release__number"))
        .values_list("told_in", "session_id", "released_session_id")
    )
    removed = {(number, session): (row, still_released) for number, session, row, still_released in old}
    added = {(number, session): row for number, session, row in new}
    return removed, added


def _history(
    summit: Summit,
    visible: EntryQuerySet,
    limit: int,
    language: str | None,
    places: PlaceQuerySet | None = None,
) -> list[ReleaseChanges]:
    """Return what the newest releases changed among the entries that were visible before or after.

    The first release counts as no change. A session that is no longer visible is GONE if the release still has it,
    and CANCELLED otherwise. Makes five queries.
    """
    newest = Release.objects.filter(summit=summit, number__gt=1).order_by("-number")
    releases = list(newest.select_related("summit")[:limit])
    if not releases:
        return []
    removed, added = _changed(summit, visible, [release.number for release in releases])
    row_keys = {row for row, _stands in removed.values()} | set(added.values())
    rows = snapshots(summit, ReleasedSession.objects.filter(pk__in=row_keys), places)
    found: dict[int, list[SessionChange]] = {}
    for key in removed.keys() | added.keys():
        before, still_released = removed.get(key, (None, True))
        change = _change(rows, before, added.get(key), stands=still_released)
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
