"""Releasing the agenda: a numbered, immutable version of the draft, with messages about its changes."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import release_scopes
from sessions.agenda.selectors.differences import SessionChange, differences
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.conflicts.selectors import warnings as warnings_selectors
from sessions.conflicts.selectors.warnings import Finding
from sessions.draft.services import agenda_lock
from sessions.notifications.messages import agenda_changes as agenda_change_messages
from sessions.notifications.messages.public_removals import PUBLIC_REMOVAL, PublicRemoval
from sessions.notifications.selectors.planned_messages import PlannedMessage
from sessions.notifications.services import agenda_changes
from sessions.releases.events import RELEASED
from sessions.releases.permissions import check_can_release
from sessions.releases.selectors import unreleased_changes
from sessions.releases.services import release_writer, removals
from sessions.releases.services.removals import Decisions
from sessions.signups.services import signups
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core import bulk_insert
from summit.core.prepare_before_lock import ahead
from summit.outbox.models import Message
from summit.summits.models import Summit
from summit.users.models import User


def _released(facts: Facts) -> str:
    number = int(facts.detail.get("messages", 0))
    message = ngettext(
        "released agenda %(release)s and sent %(number)d message",
        "released agenda %(release)s and sent %(number)d messages",
        number,
    )
    return message % {"release": facts.detail.get("number", ""), "number": number}


RELEASE = audit_action("agenda.release", _released, label=gettext_lazy("released an agenda"))


class NothingToRelease(ValueError):
    """Raised if the draft equals the last release. The message is for the user."""


class DraftChanged(ValueError):
    """Raised if the draft has changed since the user loaded it. The message is for the user."""


@dataclass(frozen=True)
class Preview:
    """The preview of a release: its number, changes, messages and warnings.

    `unreleased` are the days at the venue on which the draft differs from the last release.
    """

    number: int
    day: date | None
    unreleased: list[date]
    changes: list[SessionChange]
    planned: list[PlannedMessage]
    warnings: list[Finding]
    sessions: int
    # Sessions that would leave the public agenda, in their last public state. Each needs a decision.
    leaving: list[Snapshot]
    # Identifies the exact state that would be released. If it is passed as `expected`, `release` rejects other
    # states.
    digest: str

    @property
    def is_first(self) -> bool:
        """Whether nothing has been released yet."""
        return self.number == 1


@dataclass(frozen=True)
class _ReleaseArguments:
    """The arguments of `release`, with defaults filled in."""

    summit: Summit
    by: User
    note: str
    expected: str
    day: date | None
    tell: bool
    decisions: Decisions


@dataclass(frozen=True)
class _Ready:
    """An unsaved release with everything that is saved with it."""

    made: Release
    old: Agenda
    new: Agenda
    planned: list[PlannedMessage]
    messages: list[Message]
    leaving: list[Snapshot]


def preview(*, summit: Summit, day: date | None = None, tell: bool = True) -> Preview:
    """Return the preview of a release of the draft, or of one day of it.

    Writes nothing, and makes a constant number of queries. `tell` says whether the first release sends messages.
    """
    status = unreleased_changes.standing(summit)
    number, old = status.agendas.number, status.agendas.old
    new = release_scopes.agenda_to_release(old=old, new=status.agendas.new, day=day)
    changes = status.changes if day is None else differences(old=old, new=new)
    states = [state for change in status.changes for state in (change.before, change.after) if state]
    planned = (
        agenda_changes.plan(summit=summit, number=number, changes=changes, new=new, tell=tell) if changes else []
    )
    warnings = (
        status.warnings
        if day is None
        else [row for row in warnings_selectors.warnings(summit, new) if _concerns(row, day)]
    )
    return Preview(
        number=number,
        day=day,
        unreleased=release_scopes.days(states),
        changes=changes,
        planned=[each for each in planned if each.changes],
        warnings=warnings,
        sessions=len(new),
        leaving=removals.leaving(summit, old=old, new=new),
        digest=_digest(number, new),
    )


def _concerns(finding: Finding, day: date) -> bool:
    return any(release_scopes.takes_place_on(session, day) for session in finding.sessions)


def _digest(number: int, agenda: Agenda) -> str:
    content = [str(number), *(f"{key}:{agenda[key].fingerprint}" for key in sorted(agenda))]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()


def release(
    *,
    summit: Summit,
    by: User,
    note: str = "",
    expected: str = "",
    day: date | None = None,
    tell: bool = True,
    decisions: Decisions | None = None,
) -> Release:
    """Release the draft, or only the sessions on one day at the venue, and save the messages to the people affected.

    `tell` says whether the first release sends participants their programme; later releases always send messages.
    `decisions` has the public notice and the reason for each session that leaves the public agenda.

    Raises PermissionDenied, and NothingToRelease if the draft equals the last release. Raises DraftChanged if
    `expected`, a preview's digest, doesn't match the draft, and RemovalUndecided if a decision is missing. Releases
    of a summit run one at a time. A second caller waits, and then gets the agenda that the first caller has released.

    On SQLite, which has a single writer, the release is prepared before the lock and written under it. If others have
    written in the meantime, it is prepared again under the lock.
    """
    check_can_release(by, summit)
    arguments = _ReleaseArguments(
        summit, by, note.strip(), expected, day, tell, {} if decisions is None else decisions
    )
    with bulk_insert.uncollected():
        return ahead(
            prepare=lambda locked: _prepare(arguments, lock=locked),
            lock=lambda: agenda_lock.lock(summit),
            write=lambda ready: _write(arguments, ready),
        )


def _prepare(arguments: _ReleaseArguments, *, lock: bool) -> _Ready:
    """Return everything that a release saves. With `lock`, the messages that it replaces are locked.

    Raises NothingToRelease, DraftChanged and RemovalUndecided.
    """
    agendas = unreleased_changes.agendas(arguments.summit)
    number, old = agendas.number, agendas.old
    new = release_scopes.agenda_to_release(old=old, new=agendas.new, day=arguments.day)
    changes = differences(old=old, new=new)
    if not changes:
        raise NothingToRelease(_nothing(number, arguments.day))
    if arguments.expected and arguments.expected != _digest(number, new):
        raise DraftChanged(_("The draft has changed since you opened this page. Check the changes, then release it."))
    leaving = removals.leaving(arguments.summit, old=old, new=new)
    removals.check_decided(leaving, arguments.decisions)
    takes_away = bool(leaving) or removals.removes_public_content(old=old, new=new)
    new_release = Release(
        summit=arguments.summit, number=number, note=arguments.note, released_by=arguments.by, takes_away=takes_away
    )
    planned = agenda_changes.plan(
        summit=arguments.summit, number=number, changes=changes, new=new, lock=lock, tell=arguments.tell
    )
    return _Ready(
        new_release, old, new, planned, agenda_change_messages.drafts(release=new_release, planned=planned), leaving
    )


def _write(arguments: _ReleaseArguments, ready: _Ready) -> Release:
    """Save a prepared release."""
    new_release = ready.made
    new_release.save(force_insert=True)
    release_writer.store(new_release, old=ready.old, new=ready.new)
    removals.store(release=new_release, found=ready.leaving, decisions=arguments.decisions)
    removed = [(session, arguments.decisions[session.key].notice) for session in ready.leaving]
    PUBLIC_REMOVAL.send(PublicRemoval(new_release, removed))
    message_count = agenda_changes.store(release=new_release, planned=ready.planned, drafts=ready.messages)
    # Sessions may have more places now.
    signups.fill(summit=arguments.summit)
    detail: dict[str, object] = {"number": new_release.number, "sessions": len(ready.new), "messages": message_count}
    if ready.leaving:
        detail["removed"] = len(ready.leaving)
    if arguments.day is not None:
        detail["day"] = arguments.day.isoformat()
    audit.record(by=arguments.by, action=RELEASE, target=new_release, summit=arguments.summit, detail=detail)
    # Nobody is told of a release with only hidden changes.
    RELEASED.emit_known(new_release)
    return new_release


def _nothing(number: int, day: date | None) -> str:
    """Return the sentence that says why there is nothing to release."""
    if day is not None:
        return _("Nothing on this day has changed since the last release.")
    if number > 1:
        return _("No changes since release %(number)d.") % {"number": number - 1}
    return _("The agenda has no session to release yet.")
