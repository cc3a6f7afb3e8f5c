"""The released agenda as somebody may read it: the public, or the parties and people of one summit."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, F, OuterRef, Prefetch

from delegations.models import Party
from sessions.domain.differences import Change, Nature, as_seen, in_order, takes_part
from sessions.domain.snapshots import Snapshot, snapshot
from sessions.models import Release, ReleasedParticipant, ReleasedRole, ReleasedSession, ReleaseEntry
from sessions.models.releases import ReleasedQuerySet
from summit.models import Person, Summit


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
    visible = ReleasedSession.objects.in_current_release(summit).visible_to_public()
    return _joined(visible, who).order_by("starts_at", "ends_at", "id")


def _visible(
    summit: Summit, parties: Iterable[Party], people: Iterable[Person], who: Who = Who.ALL
) -> ReleasedQuerySet:
    keys = {"parties": [party.pk for party in parties], "people": [person.pk for person in people]}
    mine = ReleasedSession.objects.filter(pk=OuterRef("pk")).of_members(**keys)
    visible = ReleasedSession.objects.in_current_release(summit).visible_to_members(**keys)
    return _joined(visible, who).annotate(mine=Exists(mine)).order_by("starts_at", "ends_at", "id")


def agenda(
    *, summit: Summit, parties: Iterable[Party], people: Iterable[Person], who: Who = Who.ALL
) -> list[ReleasedSession]:
    """Return what these parties and people may know of the newest release, in order, with participants; each row's
    `mine` says whether they take part. Two queries."""
    return list(_visible(summit, parties, people, who))


def find(
    *, summit: Summit, parties: Iterable[Party], people: Iterable[Person], public_id: str
) -> ReleasedSession | None:
    """Return one session of what `agenda` returns, by its session's public id, or None. Two queries."""
    return _visible(summit, parties, people).filter(session__public_id=public_id).first()


def changes(
    *, summit: Summit, parties: Iterable[Party], people: Iterable[Person], limit: int = 20, everything: bool = False
) -> list[ReleaseChanges]:
    """Return what changed for these parties and people, newest release first, as they may read it.

    Their own programme, or with `everything` all they may know of. `limit` is how many releases to look back.
    """
    keys = {"parties": [party.pk for party in parties], "people": [person.pk for person in people]}
    visible = ReleasedSession.objects.visible_to_members(**keys)
    found = _history(summit, visible, limit)
    if everything:
        return found
    own = frozenset(keys["parties"]), frozenset(keys["people"])
    return [
        ReleaseChanges(entry.release, kept)
        for entry in found
        if (kept := [mine for change in entry.changes if (mine := _own(change, *own)) is not None])
    ]


def _own(change: Change, parties: frozenset[int], people: frozenset[int]) -> Change | None:
    """Return a change as it reads in one's own programme, from one as it reads in all one may know of."""
    before, after = takes_part(change.before, parties, people), takes_part(change.after, parties, people)
    seen = as_seen(change, before=before, after=after)
    # What left their view stays what it was called: without `after` nothing tells here why.
    return Change(change.nature, seen.before, None) if seen and change.after is None else seen


def public_changes(*, summit: Summit, limit: int = 20) -> list[ReleaseChanges]:
    """Return what changed for everybody, newest release first."""
    return _history(summit, ReleasedSession.objects.visible_to_public(), limit)


def _history(summit: Summit, visible: ReleasedQuerySet, limit: int) -> list[ReleaseChanges]:
    """Return what the newest releases changed of what is visible before or after. Five queries.

    The first release changed nothing. A session that was visible and isn't any more is cancelled where it stands in
    the release no longer, and gone where it still does.
    """
    releases = list(Release.objects.filter(summit=summit, number__gt=1).order_by("-number")[:limit])
    if not releases:
        return []
    numbers = [release.number for release in releases]
    neighbour = ReleaseEntry.objects.filter(release__summit=summit)
    following = neighbour.filter(release__number=OuterRef("release__number") + 1)
    preceding = neighbour.filter(release__number=OuterRef("release__number") - 1)
    entries = ReleaseEntry.objects.filter(release__summit=summit, released_session__in=visible.values("pk"))
    old = (
        entries.filter(
            ~Exists(following.filter(released_session=OuterRef("released_session"))),
            release__number__in=[number - 1 for number in numbers],
        )
        .annotate(stands=Exists(following.filter(session=OuterRef("session"))), told_in=F("release__number") + 1)
        .values_list("told_in", "session_id", "released_session_id", "stands")
    )
    new = (
        entries.filter(
            ~Exists(preceding.filter(released_session=OuterRef("released_session"))), release__number__in=numbers
        )
        .annotate(told_in=F("release__number"))
        .values_list("told_in", "session_id", "released_session_id")
    )
    was = {(number, session): (row, stands) for number, session, row, stands in old}
    now = {(number, session): row for number, session, row in new}
    rows = _snapshots({row for row, _stands in was.values()} | set(now.values()))
    found: dict[int, list[Change]] = {}
    for key in was.keys() | now.keys():
        before, stands = was.get(key, (None, True))
        after = now.get(key)
        found.setdefault(key[0], []).append(_change(rows, before, after, stands=stands))
    return [
        ReleaseChanges(release, in_order(found[release.number])) for release in releases if release.number in found
    ]


def _change(rows: dict[int, Snapshot], before: int | None, after: int | None, *, stands: bool) -> Change:
    if before is None:
        return Change(Nature.ADDED, None, rows[after or 0])
    if after is not None:
        return Change(Nature.CHANGED, rows[before], rows[after])
    return Change(Nature.GONE if stands else Nature.CANCELLED, rows[before], None)


def _snapshots(keys: set[int]) -> dict[int, Snapshot]:
    rows = _joined(ReleasedSession.objects.filter(pk__in=keys))
    return {row.pk: snapshot(row, row.participants.all()) for row in rows}
