"""The released agenda as somebody may read it: the public, or the parties and people of one summit."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Prefetch

from sessions.domain.differences import Change, Nature, in_order
from sessions.domain.released import snapshots
from sessions.domain.snapshots import Snapshot
from sessions.models import Members, Release, ReleasedParticipant, ReleasedRole, ReleasedSession, ReleaseEntry
from sessions.models.releases import EntryQuerySet, ReleasedQuerySet
from sessions.models.visibility import DESK
from summit.models import Summit


@dataclass(frozen=True)
class ReleaseChanges:
    """What a release changed for a reader."""

    release: Release
    changes: list[Change]


class Who(StrEnum):
    """Whom a list of sessions names: everybody as `participants`, those who chair, moderate or speak as `leading`
    (a plenary has too many for a list), or nobody."""

    ALL = "all"
    LEADING = "leading"
    NOBODY = "nobody"


def _joined(rows: ReleasedQuerySet, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Join what a page shows: the session's identity and who takes part, in their order."""
    rows = rows.select_related("session")
    order = ReleasedParticipant.objects.order_by("released_session", "position", "id")
    if who == Who.ALL:
        return rows.prefetch_related(Prefetch("participants", queryset=order))
    if who == Who.LEADING:
        leading = order.exclude(role=ReleasedRole.PARTICIPANT)
        return rows.prefetch_related(Prefetch("participants", queryset=leading, to_attr="leading"))
    return rows


def public_agenda(*, summit: Summit, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return what everybody may know of a summit's newest release, in order. Two queries."""
    return _joined(ReleasedSession.objects.public(summit), who).order_by("starts_at", "ends_at", "id")


def members_agenda(*, summit: Summit, members: Members, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return what these may know of the newest release, in order, with participants; each row's `mine` says whether
    they take part. Two queries."""
    visible = ReleasedSession.objects.for_members(summit, members)
    return _joined(visible, who).order_by("starts_at", "ends_at", "id")


def own_agenda(*, summit: Summit, members: Members, who: Who = Who.ALL) -> ReleasedQuerySet:
    """Return those of `members_agenda` in which these take part. Two queries."""
    return _joined(ReleasedSession.objects.own(summit, members), who).order_by("starts_at", "ends_at", "id")


def whole_agenda(*, summit: Summit) -> ReleasedQuerySet:
    """Return all of the newest release, in order, with participants: for whoever reads all. Two queries."""
    return _joined(ReleasedSession.objects.for_desk(summit)).order_by("starts_at", "ends_at", "id")


def find(*, summit: Summit, members: Members, public_id: str) -> ReleasedSession | None:
    """Return one session of what `members_agenda` returns, by its session's public id, or None. Two queries."""
    return members_agenda(summit=summit, members=members).filter(session__public_id=public_id).first()


def changes(
    *, summit: Summit, members: Members, limit: int = 20, everything: bool = False, language: str | None = None
) -> list[ReleaseChanges]:
    """Return what changed for these, newest release first, as they may read it in a language.

    Their own programme, or with `everything` all they may know of. `limit` is how many releases to look back.
    """
    entries = ReleaseEntry.objects.filter(release__summit=summit)
    visible = entries.for_members(members) if everything else entries.of_members(members)
    return _history(summit, visible, limit, language)


def public_changes(*, summit: Summit, limit: int = 20, language: str | None = None) -> list[ReleaseChanges]:
    """Return what changed for everybody, newest release first, as it is read in a language."""
    return _history(summit, ReleaseEntry.objects.filter(release__summit=summit).for_public(), limit, language)


def all_changes(*, summit: Summit, limit: int = 20, language: str | None = None) -> list[ReleaseChanges]:
    """Return all that changed, newest release first, as it is read in a language: for whoever reads all."""
    return _history(summit, ReleaseEntry.objects.filter(release__summit=summit).at(DESK), limit, language)


def cancelled(*, summit: Summit, public_id: str) -> ReleasedSession | None:
    """Return what everybody read last of a session that the release after it cancelled, where the summit tells the
    public of changes; None of any other. What only became invisible isn't told from what never was. One query at
    most."""
    if not summit.public_changes:
        return None
    after = ReleaseEntry.objects.filter(
        release__summit=summit, release__number=OuterRef("release__number") + 1, session=OuterRef("session")
    )
    entries = ReleaseEntry.objects.filter(release__summit=summit, session__public_id=public_id).for_public()
    last = entries.annotate(stands=Exists(after)).order_by("-release__number").select_related("released_session")
    entry = last.first()
    return None if entry is None or entry.stands else entry.released_session  # type: ignore[attr-defined]


# By the release that tells and the session: the row that was, and whether the session still stands; the row that is.
_Was = dict[tuple[int, int], tuple[int, bool]]
_Now = dict[tuple[int, int], int]


def _changed(summit: Summit, visible: EntryQuerySet, numbers: list[int]) -> tuple[_Was, _Now]:
    """Return what is visible of these releases or of those before them and differs. Two queries."""
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
    """Return what the newest releases changed of what is visible before or after. Five queries.

    The first release changed nothing. A session that was visible and isn't any more is cancelled where it stands in
    the release no longer, and gone where it still does.
    """
    releases = list(Release.objects.filter(summit=summit, number__gt=1).order_by("-number")[:limit])
    if not releases:
        return []
    was, now = _changed(summit, visible, [release.number for release in releases])
    wanted = {row for row, _stands in was.values()} | set(now.values())
    rows = snapshots(summit, ReleasedSession.objects.filter(pk__in=wanted))
    found: dict[int, list[Change]] = {}
    for key in was.keys() | now.keys():
        before, stood = was.get(key, (None, True))
        change = _change(rows, before, now.get(key), stands=stood)
        if change.says_something(language):
            found.setdefault(key[0], []).append(change)
    return [
        ReleaseChanges(release, in_order(found[release.number])) for release in releases if release.number in found
    ]


def _change(rows: dict[int, Snapshot], before: int | None, after: int | None, *, stands: bool) -> Change:
    if before is None:
        return Change(Nature.ADDED, None, rows[after or 0])
    if after is not None:
        return Change(Nature.CHANGED, rows[before], rows[after])
    return Change(Nature.GONE if stands else Nature.CANCELLED, rows[before], None)
