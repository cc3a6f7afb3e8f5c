"""Restoring the working draft, or one session of it, to an earlier release.

Data that isn't part of a release (set-up and clear-down, pins, sign-ups, requests for the floor) stays as it is. A
session that the release doesn't have is cancelled in the draft, never deleted. Speeches keep their rows, because
transcripts refer to them. The result becomes visible with the next release, which has a number of its own.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors.differences import SessionChange, differences
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.released_snapshots import released
from sessions.agenda.selectors.snapshots import Agenda
from sessions.draft.change_guards import guarded
from sessions.draft.models.sessions import Session
from sessions.draft.services.agenda_lock import lock
from sessions.draft.speech_listeners import watching
from sessions.releases.permissions import check_can_restore
from sessions.releases.services import restore_plan
from sessions.releases.services.releases import DraftChanged
from sessions.releases.services.restore_plan import Loss
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.summits.models import Summit
from summit.users.models import User


def _restored(facts: Facts) -> str:
    return _("restored the session from release %(number)s") % {"number": facts.detail.get("number", "")}


def _restored_agenda(facts: Facts) -> str:
    number = int(facts.detail.get("sessions", 0))
    message = ngettext(
        "restored the draft from this release (%(number)d session)",
        "restored the draft from this release (%(number)d sessions)",
        number,
    )
    return message % {"number": number}


RESTORE = audit_action("agenda.restore", _restored, label=gettext_lazy("restored a session from an earlier release"))
RESTORE_AGENDA = audit_action(
    "agenda.restore_agenda", _restored_agenda, label=gettext_lazy("restored the draft from an earlier release")
)


class NothingToRestore(ValueError):
    """Raised if the draft equals the release. The message is for the user."""


@dataclass(frozen=True)
class Preview:
    """The effects of a restoration: each change of the draft, in which the old side is lost, and what can't be
    restored."""

    changes: list[SessionChange]
    losses: list[Loss]
    # Identifies the draft that would be lost. If it is passed as `expected`, `restore` rejects any other draft.
    digest: str


def preview(*, release: Release, session_key: str = "") -> Preview:
    """Return the changes and losses that restoring the draft, or one session by its public id, would cause.

    Writes nothing, and makes a constant number of queries.
    """
    current = draft(release.summit)
    changes = _changes(release, current, session_key)
    return Preview(changes=changes, losses=_plan(release.summit, changes).losses, digest=_digest(changes))


def restore(*, release: Release, by: User, session_key: str = "", expected: str = "") -> Preview:
    """Restore the draft, or one session by its public id, to a release. Return what was done.

    Raises PermissionDenied, NothingToRestore if the draft equals the release, and DraftChanged if `expected`, a
    preview's digest, doesn't match the draft. Raises Blocked if a conflict arises that the summit blocks. Other edits
    and releases wait until the transaction ends.
    """
    check_can_restore(by, release.summit)
    with transaction.atomic():
        lock(release.summit)
        done = preview(release=release, session_key=session_key)
        if expected and expected != done.digest:
            raise DraftChanged(
                _("The draft has changed since you opened this page. Check the changes, then restore it.")
            )
        if not done.changes:
            raise NothingToRestore(_("The draft is the same as release %(number)d.") % {"number": release.number})
        keys = [change.session.session_id for change in done.changes]
        planned = _plan(release.summit, done.changes)
        with guarded(release.summit, keys, planned.sessions), watching(summit=release.summit, by=by):
            planned.write()
        _record(release, done.changes, by, one=bool(session_key))
    return done


def _changes(release: Release, current: Agenda, session_key: str) -> list[SessionChange]:
    """Return the changes from the draft to a release, ignoring sequences."""
    target = released(release.summit, [release.number]).get(release.number, {})
    found = differences(old=current, new=target)
    return [change for change in found if not session_key or change.session.key == session_key]


def _plan(summit: Summit, changes: Iterable[SessionChange]) -> restore_plan.RestorePlan:
    return restore_plan.plan(summit, changes)


def _digest(changes: list[SessionChange]) -> str:
    states = sorted(
        f"{change.session.key}:{change.before.fingerprint if change.before else ''}" for change in changes
    )
    return hashlib.sha256("\n".join(states).encode()).hexdigest()


def _record(release: Release, changes: list[SessionChange], by: User, *, one: bool) -> None:
    """Record an audit entry for each session, and one more for the release if the whole draft was restored."""
    detail = {"number": release.number}
    rows = Session.objects.filter(pk__in=[change.session.session_id for change in changes])
    summit = release.summit
    entries = [audit.entry(by=by, action=RESTORE, target=row, summit=summit, detail=detail) for row in rows]
    if not one:
        summary = {**detail, "sessions": len(changes)}
        entries.append(audit.entry(by=by, action=RESTORE_AGENDA, target=release, summit=summit, detail=summary))
    audit.record_many(entries)
