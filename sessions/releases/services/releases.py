"""Releasing the agenda: a numbered, immutable version of the draft, with messages about its changes.

`retime` releases new times and rooms of some sessions alone, and with them the second part of a session that is
split. The rest of the draft stays unreleased.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.invitations.selectors import taking_part
from delegations.invitations.selectors.taking_part import WhyLeftOut
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import release_scopes, sequence_numbers
from sessions.agenda.selectors.differences import SessionChange, affected_programme, differences
from sessions.agenda.selectors.release_scopes import SECOND_PART, Placement, Split
from sessions.agenda.selectors.released_snapshots import latest, released
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.conflicts.selectors import warnings as warnings_selectors
from sessions.conflicts.selectors.warnings import Finding
from sessions.draft.models.placements import Placement as DraftPlacement
from sessions.draft.permissions import check_can_run_day
from sessions.draft.services import agenda_lock, place_sessions
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
from summit.summits.models import Room, Summit
from summit.templatetags.moments import clock_zone
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
    # The parties of these sessions that don't take part in the summit and aren't told, by the reason.
    left_out: dict[WhyLeftOut, list[Party]]
    # Identifies the exact state that would be released. If it is passed as `expected`, `release` rejects other
    # states.
    digest: str

    @property
    def is_first(self) -> bool:
        """Whether nothing has been released yet."""
        return self.number == 1


@dataclass(frozen=True)
class _ReleaseArguments:
    """The arguments of `release` or `retime`, with defaults filled in. `placements` and `split` are those of
    `retime`."""

    summit: Summit
    by: User
    note: str
    expected: str
    notes: Mapping[str, str] = field(default_factory=dict)
    day: date | None = None
    tell: bool = True
    decisions: Decisions = field(default_factory=dict)
    placements: Mapping[int, Placement] | None = None
    split: Split | None = None


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
        left_out=taking_part.left_out(affected_programme(changes).parties),
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
    notes: Mapping[str, str] | None = None,
    expected: str = "",
    day: date | None = None,
    tell: bool = True,
    decisions: Decisions | None = None,
) -> Release:
    """Release the draft, or only the sessions on one day at the venue, and save the messages to the people affected.

    `note` is in the summit's language, `notes` has it in others. Nobody reads it in another language than their own.

    `tell` says whether the first release sends participants their programme; later releases always send messages.
    `decisions` has the public notice and the reason for each session that leaves the public agenda.

    Raises PermissionDenied, and NothingToRelease if the draft equals the last release. Raises DraftChanged if
    `expected`, a preview's digest, doesn't match the draft, and RemovalUndecided if a decision is missing. Releases
    of a summit run one at a time. A second caller waits, and then gets the agenda that the first caller has released.

    On SQLite, which has a single writer, the release is prepared before the lock and written under it. If others have
    written in the meantime, it is prepared again under the lock.
    """
    check_can_release(by, summit)
    decided = {} if decisions is None else decisions
    return _release(_ReleaseArguments(summit, by, note.strip(), expected, dict(notes or {}), day, tell, decided))


def retime(
    *,
    summit: Summit,
    by: User,
    placements: Mapping[int, Placement],
    note: str = "",
    expected: str = "",
    split: Split | None = None,
) -> Release:
    """Release new times and rooms of some sessions, on top of the last release, and write them into the draft.

    `placements` is a dict from the primary keys of released sessions to their new time and room. Whatever else is
    unreleased in the draft stays so: also the room of a session that only gets another time, and the time of one that
    only gets another room. Messages say at once what changed; whoever got one within the last two minutes
    gets the next after these. `split` is a session that goes on in a second part, which the draft has already.

    Raises PermissionDenied, NothingToRelease if all sessions are there already, and DraftChanged if a session isn't
    in the last release, or if `expected`, the result of `retiming_digest`, doesn't match the last release. Releases
    run one at a time, as in `release`.
    """
    check_can_run_day(by, summit)
    return _release(_ReleaseArguments(summit, by, note.strip(), expected, placements=dict(placements), split=split))


def retiming_digest(number: int, old: Agenda, placements: Mapping[int, Placement], split: Split | None = None) -> str:
    """Return the digest of the agenda that `retime` would release as `number` on top of `old`.

    It is the same before and after the second part of `split` was made.
    """
    unmade = replace(split, part_id=0, part_key=SECOND_PART) if split else None
    return _digest(number, release_scopes.retimed(old, placements, unmade))


def recipients(summit: Summit, placements: Mapping[int, Placement], split: Split | None = None) -> int:
    """Return how many messages `retime` would send. Writes nothing, and makes a constant number of queries."""
    number, old, new = _retimed_agendas(summit, placements, split)
    changes = differences(old=old, new=new)
    planned = agenda_changes.plan(summit=summit, number=number, changes=changes, new=new) if changes else []
    return sum(1 for each in planned if each.changes)


def _release(arguments: _ReleaseArguments) -> Release:
    with bulk_insert.uncollected():
        return ahead(
            prepare=lambda locked: _prepare(arguments, lock=locked),
            lock=lambda: agenda_lock.lock(arguments.summit),
            write=lambda ready: _write(arguments, ready),
        )


def _agendas(arguments: _ReleaseArguments) -> tuple[int, Agenda, Agenda]:
    """Return the number of the release, the agenda of the last release, and the agenda to release."""
    if arguments.placements is None:
        agendas = unreleased_changes.agendas(arguments.summit)
        new = release_scopes.agenda_to_release(old=agendas.old, new=agendas.new, day=arguments.day)
        return agendas.number, agendas.old, new
    return _retimed_agendas(arguments.summit, arguments.placements, arguments.split)


def _retimed_agendas(
    summit: Summit, placements: Mapping[int, Placement], split: Split | None
) -> tuple[int, Agenda, Agenda]:
    """Return the same for new times and rooms. Raises DraftChanged if a session isn't in the last release."""
    last = latest(summit)
    old = released(summit, [last.number]).get(last.number, {}) if last else {}
    if last is None or not {*placements, *([split.session_id] if split else [])} <= old.keys():
        raise DraftChanged(retimed_meanwhile())
    new = release_scopes.retimed(old, placements, split)
    highest = sequence_numbers.highest(summit, sequence_numbers.changed(new, old))
    return last.number + 1, old, sequence_numbers.numbered(new, old, highest)


def retimed_meanwhile() -> str:
    """Return the sentence that says that the agenda was released again since new times were planned."""
    return _("The agenda was released again since you opened this page. Check the new times, then release them.")


def _prepare(arguments: _ReleaseArguments, *, lock: bool) -> _Ready:
    """Return everything that a release saves. With `lock`, the messages that it replaces are locked.

    Raises NothingToRelease, DraftChanged and RemovalUndecided.
    """
    number, old, new = _agendas(arguments)
    changes = differences(old=old, new=new)
    if not changes:
        raise NothingToRelease(_nothing(arguments, number))
    if arguments.expected and arguments.expected != _state_digest(arguments, number, old, new):
        meanwhile = _("The draft has changed since you opened this page. Check the changes, then release it.")
        raise DraftChanged(meanwhile if arguments.placements is None else retimed_meanwhile())
    leaving = removals.leaving(arguments.summit, old=old, new=new)
    removals.check_decided(leaving, arguments.decisions)
    takes_away = bool(leaving) or removals.removes_public_content(old=old, new=new)
    new_release = Release(
        summit=arguments.summit,
        number=number,
        note=arguments.note,
        notes=dict(arguments.notes) or None,
        released_by=arguments.by,
        takes_away=takes_away,
    )
    planned = agenda_changes.plan(
        summit=arguments.summit, number=number, changes=changes, new=new, lock=lock, tell=arguments.tell
    )
    drafts = agenda_change_messages.drafts(release=new_release, planned=planned)
    if arguments.placements is not None:
        agenda_changes.join(arguments.summit, drafts)
    return _Ready(new_release, old, new, planned, drafts, leaving)


def _state_digest(arguments: _ReleaseArguments, number: int, old: Agenda, new: Agenda) -> str:
    if arguments.placements is None:
        return _digest(number, new)
    return retiming_digest(number, old, arguments.placements, arguments.split)


def _write(arguments: _ReleaseArguments, ready: _Ready) -> Release:
    """Save a prepared release."""
    new_release = ready.made
    if arguments.placements is not None:
        changes = draft_changes(arguments.summit, arguments.placements, ready.old)
        place_sessions.place(summit=arguments.summit, by=arguments.by, sessions=changes)
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


def draft_placement(summit: Summit, placement: Placement) -> DraftPlacement:
    """Return a new time and room as those of a draft session. Makes one query."""
    return DraftPlacement(placement.starts_at, placement.ends_at, _rooms(summit, [placement]).get(placement.room_key))


def draft_changes(
    summit: Summit, placements: Mapping[int, Placement], old: Agenda | None = None
) -> dict[int, dict[str, Any]]:
    """Return what new times and rooms change in the draft: what they change in the last release, and nothing else.

    `old` is the agenda of the last release, which is read if it isn't given.
    """
    if old is None:
        _number, old, _new = _retimed_agendas(summit, placements, None)
    rooms = _rooms(summit, placements.values())
    found: dict[int, dict[str, Any]] = {}
    for key, placement in placements.items():
        found[key] = {}
        if release_scopes.has_other_times(old[key], placement):
            found[key] = {"starts_at": placement.starts_at, "ends_at": placement.ends_at}
        if old[key].room_key != placement.room_key:
            found[key]["room"] = rooms.get(placement.room_key)
    return found


def _rooms(summit: Summit, placements: Iterable[Placement]) -> dict[str, Room]:
    keys = {placement.room_key for placement in placements}
    return Room.objects.filter(venue__summit=summit).in_bulk(keys, field_name="public_id")


def _nothing(arguments: _ReleaseArguments, number: int) -> str:
    """Return the sentence that says why there is nothing to release."""
    last = latest(arguments.summit)
    # Whoever saw changes and sent what they saw wonders where these are.
    if last and arguments.expected and last.released_by_id != arguments.by.pk:
        time = clock_zone(last.released_at, arguments.summit)
        params = {"number": last.number, "time": time}
        return _("A colleague released agenda %(number)d at %(time)s. Nothing has changed since.") % params
    if arguments.day is not None:
        return _("Nothing on this day has changed since the last release.")
    if number > 1:
        return _("No changes since release %(number)d.") % {"number": number - 1}
    return _("The agenda has no session to release yet.")
