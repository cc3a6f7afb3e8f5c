"""Removals of sessions from the public agenda. Each removal needs a reason, and a decision on the public notice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sessions.agenda.models.releases import Release, ReleasedSession, ReleaseEntry
from sessions.agenda.models.removals import PublicNotice, PublicRemoval
from sessions.agenda.selectors.change_descriptions import title_of
from sessions.agenda.selectors.released_snapshots import snapshots
from sessions.agenda.selectors.snapshots import Agenda, Snapshot, hidden_parts
from sessions.visibility.models import EVERYBODY
from summit.summits.models import Summit


class RemovalUndecided(ValueError):
    """Raised if a session would leave the public agenda without a decision. The message is for the user."""


@dataclass(frozen=True)
class Decision:
    """The decision on a session that leaves the public agenda: its `PublicNotice`, and the reason for desk users."""

    notice: str
    reason: str


# Decisions by the public id of the session.
Decisions = Mapping[str, Decision]


@dataclass(frozen=True)
class Removed:
    """A session that has left the public agenda, as the press desk sees it.

    `public_until` is the time of the release that hid the session.
    """

    title: str
    key: str
    public_since: datetime
    public_until: datetime
    notice: str
    reason: str

    @property
    def public_reads(self) -> str:
        """The public notice in words."""
        return str(PublicNotice(self.notice).label)


def leaving(summit: Summit, *, old: Agenda, new: Agenda) -> list[Snapshot]:
    """Return the public sessions that `new` hides from the public, as the public last saw them.

    These are sessions that are public in `old`, and reinstated sessions that were public when they were cancelled.
    The list is empty if the summit isn't public. Makes two queries at most.
    """
    if not summit.public:
        return []
    hidden = {key: session for key, session in new.items() if not session.seen_at(EVERYBODY)}
    public = [view for key in hidden if (was := old.get(key)) and (view := was.at(EVERYBODY))]
    reinstated = [key for key in hidden if key not in old]
    if reinstated:
        public += _cancelled_in_public(summit, reinstated)
    return sorted(public, key=lambda session: (session.starts_at, session.key))


def removes_public_content(*, old: Agenda, new: Agenda) -> bool:
    """Return whether `new` hides or drops something that is public in `old`: a session, a part of it or a
    document."""
    return any(_less(was, new.get(key)) for key, was in old.items() if was.seen_at(EVERYBODY))


def _less(old: Snapshot, new: Snapshot | None) -> bool:
    if new is None or not new.seen_at(EVERYBODY):
        return True
    before, after = (hidden_parts(each.visibility, dict(each.audiences), EVERYBODY) for each in (old, new))
    return not after <= before or not set(new.documents) >= set(old.documents)


def _cancelled_in_public(summit: Summit, sessions: Iterable[int]) -> list[Snapshot]:
    """Return the sessions among these that were public when they were cancelled, as the public saw them.

    The sessions must not be in the newest release.
    """
    entries = ReleaseEntry.objects.filter(session__in=sessions).latest_of_sessions(summit).for_public()
    rows = ReleasedSession.objects.filter(pk__in=entries.order_by().values("released_session"))
    return list(snapshots(summit, rows).values())


def check_decided(found: Iterable[Snapshot], decisions: Decisions) -> None:
    """Raise RemovalUndecided if one of these sessions has no reason or no valid notice."""
    for session in found:
        decision = decisions.get(session.key)
        if decision is None or decision.notice not in PublicNotice.values or not decision.reason.strip():
            raise RemovalUndecided(
                _("“%(title)s” leaves the public agenda. Choose a public notice and enter a reason.")
                % {"title": title_of(session, None)}
            )


def store(*, release: Release, found: Iterable[Snapshot], decisions: Decisions) -> list[PublicRemoval]:
    """Save and return the removals of these sessions by a release. The caller must have opened the transaction."""
    return PublicRemoval.objects.bulk_create(
        PublicRemoval(
            release=release,
            session_id=session.session_id,
            notice=decisions[session.key].notice,
            reason=decisions[session.key].reason.strip(),
        )
        for session in found
    )


def of_summit(summit: Summit) -> list[Removed]:
    """Return the sessions that have left the public agenda and aren't back in it, the latest first.

    Makes three queries.
    """
    rows = PublicRemoval.objects.filter(release__summit=summit).select_related("release", "session")
    listed = list(rows.order_by("-release__number", "id"))
    if not listed:
        return []
    public = ReleaseEntry.objects.filter(session__in=[row.session_id for row in listed], release__summit=summit)
    public_releases: dict[int, dict[int, tuple[datetime, int]]] = {}
    for session, number, moment, released in public.for_public().values_list(
        "session_id", "release__number", "release__released_at", "released_session_id"
    ):
        public_releases.setdefault(session, {})[number] = (moment, released)
    last_rows = {session: numbers[max(numbers)][1] for session, numbers in public_releases.items()}
    titles = snapshots(summit, ReleasedSession.objects.filter(pk__in=last_rows.values()))
    found = []
    for row in listed:
        numbers = public_releases.get(row.session_id, {})
        if numbers and max(numbers) < row.release.number:
            first = last_public = max(numbers)
            while first - 1 in numbers:
                first -= 1
            found.append(
                Removed(
                    title=title_of(titles[numbers[last_public][1]], get_language()),
                    key=row.session.public_id,
                    public_since=numbers[first][0],
                    public_until=row.release.released_at,
                    notice=row.notice,
                    reason=row.reason,
                )
            )
    return found
