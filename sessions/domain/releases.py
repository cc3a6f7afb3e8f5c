"""Releasing the agenda: a numbered, immutable version of the draft, and with it the news of what changed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from sessions.domain import notices, signups
from sessions.domain.clashes import Clash, clashes
from sessions.domain.differences import Change, differences
from sessions.domain.drafts import draft
from sessions.domain.notices import Notice
from sessions.domain.released import places_of, released, row_of
from sessions.domain.snapshots import Agenda, Snapshot, numbered
from sessions.models import Release, ReleasedParticipant, ReleasedSession, ReleaseEntry
from sessions.models.visibility import DESK
from sessions.permissions import check_can_release
from summit.domain import audit
from summit.models import Summit, User


class NothingToRelease(ValueError):
    """The draft is what was released last; its text is a sentence for whoever asked."""


class DraftChanged(ValueError):
    """The draft isn't any more what its reader had before them; its text is a sentence for them."""


@dataclass(frozen=True)
class Preview:
    """What a release would be: its number, what changes, who is told what, and what can't be right."""

    number: int
    changes: list[Change]
    notices: list[Notice]
    clashes: list[Clash]
    sessions: int
    # Names exactly what would be released: `release` refuses another where this is expected.
    digest: str

    @property
    def is_first(self) -> bool:
        """Whether nothing has been released yet."""
        return self.number == 1


@dataclass(frozen=True)
class Standing:
    """How the draft stands to what was released last."""

    last: Release | None
    changes: list[Change]
    clashes: list[Clash]


def latest(summit: Summit) -> Release | None:
    """Return the newest release of a summit."""
    return Release.objects.filter(summit=summit).order_by("-number").first()


def _agendas(summit: Summit) -> tuple[int, Agenda, Agenda]:
    """Return the number of the next release, what was released last, and what would be released now."""
    return _agendas_after(summit, latest(summit))


def _agendas_after(summit: Summit, last: Release | None) -> tuple[int, Agenda, Agenda]:
    number = last.number + 1 if last else 1
    old = released(summit, [last.number]).get(last.number, {}) if last else {}
    return number, old, numbered(draft(summit), old, number)


def standing(*, summit: Summit) -> Standing:
    """Return how the draft stands to the newest release. Writes nothing; the number of queries is constant."""
    last = latest(summit)
    _number, old, new = _agendas_after(summit, last)
    return Standing(last=last, changes=differences(old=old, new=new), clashes=clashes(new))


def preview(*, summit: Summit) -> Preview:
    """Return what a release would be. Writes nothing; the number of queries is constant."""
    number, old, new = _agendas(summit)
    found = differences(old=old, new=new)
    planned = notices.plan(summit=summit, number=number, old=old, new=new) if found else []
    return Preview(
        number=number,
        changes=found,
        notices=[notice for notice in planned if notice.changes],
        clashes=clashes(new),
        sessions=len(new),
        digest=_digest(number, new),
    )


def _digest(number: int, agenda: Agenda) -> str:
    content = [str(number), *(f"{key}:{agenda[key].fingerprint}" for key in sorted(agenda))]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()


def lock(summit: Summit) -> None:
    """Make whoever else edits or releases this summit's agenda wait until the transaction ends."""
    Summit.objects.select_for_update().get(pk=summit.pk)


def release(*, summit: Summit, by: User, note: str = "", expected: str = "") -> Release:
    """Release the draft and store the messages to those whose programme changes.

    Raises PermissionDenied, NothingToRelease where the draft is what was released last, and DraftChanged where
    `expected`, a preview's digest, names another draft. One at a time for each summit: a second caller waits and then
    meets what the first has released.
    """
    check_can_release(by, summit)
    with transaction.atomic():
        lock(summit)
        number, old, new = _agendas(summit)
        if not differences(old=old, new=new):
            raise NothingToRelease(
                _("Nothing has changed since release %(number)d.") % {"number": number - 1}
                if number > 1
                else _("The agenda has no session to release yet.")
            )
        if expected and expected != _digest(number, new):
            raise DraftChanged(_("The draft has changed since this page was shown. Look again, then release it."))
        made = Release.objects.create(summit=summit, number=number, note=note.strip(), released_by=by)
        _store(made, old=old, new=new)
        told = notices.store(
            release=made, notices=notices.plan(summit=summit, number=number, old=old, new=new, lock=True)
        )
        # Who waits for a session that has more places now has one.
        signups.fill(summit=summit)
        audit.record(
            by=by,
            action="sessions.release",
            target=made,
            summit=summit,
            detail={"number": number, "sessions": len(new), "messages": told},
        )
    return made


def _store(made: Release, *, old: Agenda, new: Agenda) -> None:
    """Store a release: rows of their own for what changed for whom, those of the last release for the rest."""
    kept: dict[int, list[ReleaseEntry]] = {}
    for entry in ReleaseEntry.objects.filter(release__summit=made.summit, release__number=made.number - 1):
        kept.setdefault(entry.session_id, []).append(entry)
    entries: list[ReleaseEntry] = []
    rows: list[tuple[ReleasedSession, Snapshot]] = []
    for session_id, session in new.items():
        before = old.get(session_id)
        if session is before:
            entries += [_entry(made, each, each.released_session_id, each.full_id) for each in kept[session_id]]
        else:
            made_entries, made_rows = _entries(made, session, before, kept.get(session_id, []))
            entries += made_entries
            rows += made_rows
    ReleasedSession.objects.bulk_create([row for row, _session in rows])
    ReleasedParticipant.objects.bulk_create(
        participant for row, session in rows for participant in places_of(row, session)
    )
    for entry in entries:
        # Rows that had no key when the entry was made have one now.
        entry.released_session_id = entry.released_session_id or entry.released_session.pk
        entry.full_id = entry.full_id or entry.full.pk
    ReleaseEntry.objects.bulk_create(entries)


def _entry(made: Release, like: ReleaseEntry, row_id: int, full_id: int) -> ReleaseEntry:
    return ReleaseEntry(
        release=made,
        session_id=like.session_id,
        low=like.low,
        high=like.high,
        released_session_id=row_id,
        full_id=full_id,
    )


def ranges(session: Snapshot) -> Iterator[tuple[int, int, Snapshot]]:
    """Yield from which rank to which readers may know the same of a session, and what."""
    low = next(rank for rank in range(DESK + 1) if session.seen_at(rank))
    for rank in range(low, DESK + 1):
        view, following = session.at(rank), session.at(rank + 1) if rank < DESK else None
        assert view is not None  # noqa: S101 - seen from `low` on
        if following is None or following.content != view.content:
            yield low, rank, view
            low = rank + 1


def _entries(
    made: Release, session: Snapshot, before: Snapshot | None, kept: list[ReleaseEntry]
) -> tuple[list[ReleaseEntry], list[tuple[ReleasedSession, Snapshot]]]:
    """Return the entries of a session that changed, and the rows that they need.

    Readers for whom nothing changed keep the row that they had, and with it their SEQUENCE.
    """
    full = row_of(session)
    entries, rows = [], [(full, session)]
    for low, high, view in ranges(session):
        entry = ReleaseEntry(release=made, session_id=session.session_id, low=low, high=high, full=full)
        was = before.at(low) if before else None
        if high == DESK:
            entry.released_session = full
        elif was is not None and was.content == view.content:
            entry.released_session_id = next(
                each.released_session_id for each in kept if each.low <= low <= each.high
            )
        else:
            entry.released_session = row_of(view)
            rows.append((entry.released_session, view))
        entries.append(entry)
    return entries, rows
