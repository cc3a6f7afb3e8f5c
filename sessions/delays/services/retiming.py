"""New times on the day: proposed by whoever runs it, released at once or with an organiser's consent.

With them a session may be split. Its second part is made when the new times are released.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.agenda.selectors.change_descriptions import span
from sessions.agenda.selectors.release_scopes import SECOND_PART, Placement, Split, placement_of
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.delays.messages import NEW_TIMES_CONSENT
from sessions.delays.models import DelayNotice, Retiming, RetimingState
from sessions.delays.permissions import can_consent, check_can_consent
from sessions.delays.selectors import retiming_preview
from sessions.delays.selectors.retiming_preview import Conflict, RetimingPreview
from sessions.delays.services import second_parts
from sessions.draft.change_guards import Blocked
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_run_day
from sessions.releases.services import releases
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.core.punctuation import comma
from summit.summits.models import Summit
from summit.users.models import User


def _retimed(facts: Facts) -> str:
    number = int(facts.detail.get("sessions", 0))
    message = ngettext("re-timed %(n)d session", "re-timed %(n)d sessions", number)
    return message % {"n": number}


RETIME = audit_action("agenda.retime", _retimed, label=gettext_lazy("re-timed sessions"))
PROPOSE = audit_action("agenda.retime_propose", gettext_lazy("proposed new times"))
DECLINE = audit_action("agenda.retime_decline", gettext_lazy("declined new times"))
# The decisions about proposed new times: by the state, what each makes of it.
TRANSITIONS = {
    RetimingState.WAITING: {"approve": RetimingState.RELEASED, "decline": RetimingState.DECLINED},
    RetimingState.RELEASED: {},
    RetimingState.DECLINED: {},
}


class ConflictUndecided(ValueError):
    """Raised if new times cause a conflict that nobody has accepted. The message is for the user."""


class AlreadyDecided(ValueError):
    """Raised if somebody has decided about proposed new times already. The message is for the user."""


def retime(
    *,
    summit: Summit,
    by: User,
    placements: Mapping[int, Placement],
    accepted: Collection[str] = (),
    reason: str = "",
    expected: str = "",
    split: Split | None = None,
) -> Retiming:
    """Give released sessions new times and rooms, or propose that if an organiser must consent. Return what was made.

    `placements` is a dict from primary keys to new times and rooms: all that move, also those that follow. `accepted`
    has the keys of the conflicts that are accepted. `reason` is told to everybody whose agenda changes. `split` says
    where a session goes on in a second part, which is released with the new times.

    Raises PermissionDenied, ValidationError if a session would end before it starts or go on before it ends, Blocked
    if the summit blocks one of the conflicts, ConflictUndecided, SpeakersRefused if a speech that moves no longer
    waits, and the errors of `releases.retime`.
    """
    check_can_run_day(by, summit)
    _check_times(placements, split)
    planned = retiming_preview.preview(summit=summit, asked=placements, follow=False, split=split)
    _check_decided(planned.conflicts, accepted, summit)
    found = Retiming(
        summit=summit,
        reason=reason.strip(),
        plan=_rows(planned.old, placements),
        split=_split_row(planned),
        accepted=[_accepted(conflict) for conflict in planned.conflicts],
        digest=releases.retiming_digest(planned.number, planned.old, _known(planned, placements), split),
        asked_by=by,
    )
    if expected and expected != found.digest:
        raise releases.DraftChanged(releases.retimed_meanwhile())
    with transaction.atomic():
        if planned.consent and not can_consent(by, summit):
            found.state = RetimingState.WAITING
            found.save(force_insert=True)
            NEW_TIMES_CONSENT.send(found)
            audit.record(by=by, action=PROPOSE, target=found, summit=summit, detail={"sessions": len(found.plan)})
            return found
        return _release(found, by)


def digest(planned: RetimingPreview) -> str:
    """Return the digest of a preview, to pass as `expected`."""
    return releases.retiming_digest(planned.number, planned.old, planned.placements, planned.split)


def approve(*, retiming: Retiming, by: User) -> Retiming:
    """Release new times that wait for consent, and return them.

    Raises PermissionDenied, AlreadyDecided, and DraftChanged if the agenda was released again since.
    """
    check_can_consent(by, retiming.summit)
    with transaction.atomic():
        return _release(_locked(retiming, "approve"), by)


def decline(*, retiming: Retiming, by: User) -> Retiming:
    """Decline new times that wait for consent, and return them. Raises PermissionDenied and AlreadyDecided."""
    check_can_consent(by, retiming.summit)
    with transaction.atomic():
        row = _locked(retiming, "decline")
        row.state, row.decided_by, row.decided_at = RetimingState.DECLINED, by, Now()
        row.save()
        audit.record(by=by, action=DECLINE, target=row, summit=row.summit)
    row.refresh_from_db()
    return row


def _locked(retiming: Retiming, decision: str) -> Retiming:
    row = Retiming.objects.select_for_update(of=("self",)).select_related("summit", "asked_by").get(pk=retiming.pk)
    if decision not in TRANSITIONS[RetimingState(row.state)]:
        raise AlreadyDecided(
            _("Someone has decided about these new times already: %(state)s.") % {"state": row.get_state_display()}
        )
    return row


def _release(row: Retiming, by: User) -> Retiming:
    """Release new times in the open transaction. They end the announcements that these sessions run late."""
    placements, split = placements_of(row), None
    if row.split:
        split = second_parts.make(split=split_of(row), summit=row.summit, placements=placements, by=by)
        row.split["part"] = split.part_key
        row.accepted = [_named(conflict, split.part_key) for conflict in row.accepted]
    row.release = releases.retime(
        summit=row.summit, by=by, placements=placements, note=row.reason, expected=row.digest, split=split
    )
    told = {*placements, *([split.session_id] if split else [])}
    DelayNotice.objects.filter(session__in=told, ended_at=None).update(ended_at=Now(), ended_by=by)
    row.state, row.decided_by, row.decided_at = RetimingState.RELEASED, by, Now()
    row.save()
    audit.record(by=by, action=RETIME, target=row, summit=row.summit, detail={"sessions": len(row.plan)})
    row.refresh_from_db()
    return row


def placements_of(row: Retiming) -> dict[int, Placement]:
    """Return the new placements of the sessions in a plan, by their primary keys. Makes one query."""
    keys = dict(
        Session.objects.filter(summit=row.summit, public_id__in=[each["session"] for each in row.plan]).values_list(
            "public_id", "pk"
        )
    )
    return {keys[each["session"]]: _placement(each["after"]) for each in row.plan if each["session"] in keys}


def former_placements(row: Retiming, old: Agenda) -> dict[int, Placement]:
    """Return the placements from before released new times, by the primary keys of the sessions.

    They are those of the sessions that still are where the new times put them. `old` is the released agenda. There
    are none as long as it has the second part of a session that was split: that would go on twice. Makes no query.
    """
    if row.state != RetimingState.RELEASED or second_part_of(row, old) is not None:
        return {}
    by_key = {session.key: session for session in old.values()}
    return {
        by_key[each["session"]].session_id: _placement(each["before"])
        for each in row.plan
        if each["session"] in by_key
        and _placement(each["after"]) == placement_of(by_key[each["session"]])
        and each["before"] != each["after"]
    }


def second_part_of(row: Retiming, old: Agenda) -> Snapshot | None:
    """Return the second part that released new times made, or None if the agenda `old` has none. Makes no query."""
    key = row.split.get("part")
    return next((session for session in old.values() if session.key == key), None) if key else None


def second_part_stays(row: Retiming, old: Agenda) -> str:
    """Return why the former times can't be restored after a split, and what stays; "" if no second part is there.

    Makes no query.
    """
    second = second_part_of(row, old)
    if second is None:
        return ""
    words = {"title": second.title, "time": span(second.starts_at, second.ends_at, row.summit)}
    return (
        _(
            "“%(title)s” (%(time)s) stays, with its speeches, and so do the new times. To restore the former times, "
            "cancel it and release that first. Then add its speeches to the first part again."
        )
        % words
    )


def split_of(row: Retiming) -> Split:
    """Return where a session goes on, from new times that split one. Makes one query.

    Raises DraftChanged if the session is no longer there.
    """
    session = Session.objects.filter(summit=row.summit, public_id=row.split["session"]).first()
    if session is None:
        raise releases.DraftChanged(releases.retimed_meanwhile())
    return Split(
        session.pk, _placement(row.split["after"]), row.summit.language, tuple(row.split.get("speeches", ()))
    )


def _check_times(placements: Mapping[int, Placement], split: Split | None) -> None:
    """Raise ValidationError if a session would end before it starts, or go on before it ends."""
    every = [*placements.values(), *([split.placement] if split else [])]
    if any(placement.ends_at <= placement.starts_at for placement in every):
        raise ValidationError({"ends_at": _("Enter an end after the start.")})
    if split is None:
        return
    first = placements.get(split.session_id)
    if first is None or split.placement.starts_at < first.ends_at:
        raise ValidationError({"split": _("The second part can’t start before the first one ends.")})


def _split_row(planned: RetimingPreview) -> dict[str, Any]:
    split = planned.split
    if split is None:
        return {}
    session = planned.old[split.session_id].key
    return {"session": session, "after": _values(split.placement), "speeches": list(split.speeches)}


def _rows(old: Agenda, placements: Mapping[int, Placement]) -> list[dict[str, Any]]:
    return [
        {"session": old[key].key, "before": _values(placement_of(old[key])), "after": _values(placement)}
        for key, placement in placements.items()
        if key in old
    ]


def _known(planned: RetimingPreview, placements: Mapping[int, Placement]) -> dict[int, Placement]:
    return {key: placement for key, placement in placements.items() if key in planned.old}


def _values(placement: Placement) -> list[str]:
    times = [placement.starts_at.isoformat(), placement.ends_at.isoformat()]
    return [*times, placement.room_key, placement.room_name, placement.venue_name]


def _placement(values: list[str]) -> Placement:
    starts_at, ends_at, *room = values
    return Placement(datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at), *room)


def _accepted(conflict: Conflict) -> dict[str, Any]:
    """Return an accepted conflict without personal values."""
    keys = [session.key for session in conflict.sessions]
    return {"kind": conflict.kind, "sessions": keys, "number": conflict.number}


def _named(conflict: dict[str, Any], part_key: str) -> dict[str, Any]:
    """Return an accepted conflict with the public id of the second part, which it didn't have before."""
    return {**conflict, "sessions": [part_key if key == SECOND_PART else key for key in conflict["sessions"]]}


def _refusal(conflict: Conflict, summit: Summit) -> str:
    titles = comma().join(
        f"“{session.title}” ({span(session.starts_at, session.ends_at, summit)})" for session in conflict.sessions
    )
    words = {"conflict": conflict.label, "sessions": titles}
    return _("%(conflict)s: %(sessions)s. Conflicts of this type are blocked. Choose another time or room.") % words


def _check_decided(conflicts: Collection[Conflict], accepted: Collection[str], summit: Summit) -> None:
    """Raise Blocked if the summit blocks a conflict, and ConflictUndecided if one isn't among the accepted ones."""
    blocked = [_refusal(conflict, summit) for conflict in conflicts if conflict.blocked]
    if blocked:
        raise Blocked(blocked)
    missing = [conflict for conflict in conflicts if conflict.key not in accepted]
    if missing:
        message = ngettext(
            "Decide %(n)d more conflict: accept it, or choose another time.",
            "Decide %(n)d more conflicts: accept each, or choose another time.",
            len(missing),
        )
        raise ConflictUndecided(message % {"n": len(missing)})
