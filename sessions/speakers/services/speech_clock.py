"""The speakers' list while its session runs: who has the floor, the clock of the speech, and the running order.

Each act changes the state of one speech by the table `TRANSITIONS`, under the lock of its row, and starts or ends an
interval on the database's clock. An act that is repeated changes nothing. Constraints of the database let one speech
of a session have the floor, and one interval run. Nothing here changes the draft, except the minutes of speeches that
are shortened and the deadline of a list that is closed.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, F, Q, QuerySet
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.parties.models.parties import Party
from sessions.draft.change_guards import Blocked, guards
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_run_day
from sessions.draft.selectors.progress import Progress, progress_of
from sessions.draft.services.agenda_lock import lock
from sessions.speakers import selectors
from sessions.speakers.delivery_listeners import listeners
from sessions.speakers.models import (
    ON_THE_FLOOR,
    TRANSITIONS,
    IntervalKind,
    SpeechAct,
    SpeechInterval,
    SpeechRun,
    SpeechState,
    SpeechTransition,
)
from sessions.speakers.services import floor_requests, speakers_list
from summit.audit import services as audit
from summit.audit.actions import AuditAction, audit_action
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.core.punctuation import comma
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused, undoes
from summit.undo.models import UndoStep
from summit.undo.services import changed_since
from summit.users.models import User

RUN_DAY = "agenda.run_day"
GIVE_FLOOR = audit_action("agenda.speech.give_floor", gettext_lazy("gave the floor"))
PAUSE = audit_action("agenda.speech.pause", gettext_lazy("paused a speech"))
POINT_OF_ORDER = audit_action(
    "agenda.speech.point_of_order", gettext_lazy("interrupted a speech for a point of order")
)
RAISED_BY = audit_action("agenda.speech.raised_by", gettext_lazy("recorded who raised a point of order"))
RESUME = audit_action("agenda.speech.resume", gettext_lazy("resumed a speech"))
END = audit_action("agenda.speech.end", gettext_lazy("ended a speech"))
POSTPONE = audit_action("agenda.speech.postpone", gettext_lazy("postponed a speech"))
SKIP = audit_action("agenda.speech.skip", gettext_lazy("marked a speech as not delivered"))
TAKE_BACK = audit_action("agenda.speech.take_back", gettext_lazy("put a speech back as it was"))
SHORTEN = audit_action("agenda.speech.shorten", gettext_lazy("shortened the remaining speeches"), fields_of=Slot)
CLOSE = audit_action("agenda.speech.close_list", gettext_lazy("closed the speakers’ list"), fields_of=Session)


@guards.register(20)
@contextmanager
def keep_the_floor(summit: Summit, sessions: list[int], written: Collection[Session]) -> Iterator[None]:
    """Raise Blocked if the change moves a speech that has the floor to another session.

    The floor of the first session would never be free again. Makes one query if no speech has the floor.
    """
    rows = SpeechRun.objects.filter(session__in=list(sessions), state__in=ON_THE_FLOOR)
    on_floor = dict(rows.values_list("slot_id", "session_id"))
    yield
    if not on_floor:
        return
    moved = [
        slot
        for slot in Slot.every.filter(pk__in=on_floor).select_related("speaker", "session")
        if slot.session_id != on_floor[slot.pk]
    ]
    if moved:
        message = _("%(speaker)s has the floor. End that speech first.")
        raise Blocked([message % {"speaker": slot.speaker.label} for slot in moved])


class ClockRefused(ValueError):
    """Raised if a speech isn't in the state for an act. The message says why and what to do."""


class OutOfTime(ClockRefused):
    """Raised if the session of a speech is still ahead. Whoever knows that may give the floor all the same."""


def do(*, act: str, slot: Slot, by: User, behind: int | None = None, despite_time: bool = False) -> bool:
    """Do an act of `SpeechAct` with a speech, and return whether anything changed. `behind` is that of `postpone`,
    and `despite_time` that of `give_floor`.

    Raises PermissionDenied and ClockRefused.
    """
    if act == SpeechAct.POSTPONE:
        return postpone(slot=slot, behind=behind, by=by)
    if act == SpeechAct.GIVE_FLOOR:
        return give_floor(slot=slot, by=by, despite_time=despite_time)
    return _SERVICES[act](slot=slot, by=by)


def give_floor(*, slot: Slot, by: User, despite_time: bool = False) -> bool:
    """Give the floor to the speaker of a speech, and start its clock. Return False if it has the floor already.

    Raises PermissionDenied. Raises ClockRefused if another speech has the floor, or if this one was delivered or
    taken off the list. Raises OutOfTime, unless `despite_time`, if the session is still ahead: when a speech ends,
    its text may be published.
    """
    with _acting(slot, SpeechAct.GIVE_FLOOR, by) as act:
        if act.repeated:
            return False
        if not despite_time and (why := why_out_of_time(slot.session)):
            raise OutOfTime(why)
        if not Slot.objects.filter(pk=slot.pk).exists():
            raise ClockRefused(speakers_list.removed_message())
        act.change()
        interval = _start(slot, IntervalKind.SPEECH, by)
        undo.offer(act.record(GIVE_FLOOR), {**act.keys, "interval": interval.pk})
    return True


def why_out_of_time(session: Session) -> str:
    """Return the sentence why a session isn't in progress yet, or "" once it was started or its time has come.

    Makes one query.
    """
    if progress_of([session.pk])[session.pk] != Progress.SCHEDULED:
        return ""
    moment = day_clock(session.starts_at, session.summit)
    return _("This session hasn’t started. It is planned for %(moment)s.") % {"moment": moment}


def pause(*, slot: Slot, by: User) -> bool:
    """Stop the clock of a speech, which keeps the floor. Return False if it is paused already.

    Raises PermissionDenied, and ClockRefused if the clock doesn't run.
    """
    return _interrupt(slot, SpeechAct.PAUSE, PAUSE, by)


def point_of_order(*, slot: Slot, by: User) -> bool:
    """Stop the clock of a speech for a point of order. Return False if one is being heard already.

    Raises PermissionDenied, and ClockRefused if the speech doesn't have the floor.
    """
    return _interrupt(slot, SpeechAct.POINT_OF_ORDER, POINT_OF_ORDER, by, IntervalKind.POINT_OF_ORDER)


def resume(*, slot: Slot, by: User) -> bool:
    """Let the clock of a speech run again after a pause or a point of order. Return False if it runs already.

    Raises PermissionDenied, and ClockRefused if the speech doesn't have the floor.
    """
    return _interrupt(slot, SpeechAct.RESUME, RESUME, by, IntervalKind.SPEECH)


def record_raiser(*, slot: Slot, party: Party | None, by: User) -> bool:
    """Record which delegation raised the point of order that is being heard; None if it isn't to be recorded.

    Return whether anything changed. Raises PermissionDenied. Raises ClockRefused if no point of order is being heard,
    or the delegation belongs to another summit.
    """
    check_can_run_day(by, slot.session.summit)
    with transaction.atomic():
        run = _locked(slot)
        rows = SpeechInterval.objects.filter(slot=slot, kind=IntervalKind.POINT_OF_ORDER, ended_at=None)
        if party is not None and party.summit_id != slot.session.summit_id:
            raise ClockRefused(_("This delegation belongs to another summit."))
        if not rows.exists():
            raise ClockRefused(_("The point of order is over."))
        # A comparison with NULL is never true, so rows without a party are named.
        others = ~Q(party=party) | Q(party=None) if party else Q(party__isnull=False)
        changed = rows.filter(others).update(party=party)
        if changed:
            SpeechRun.objects.filter(pk=run.pk).update(changed_at=Now())
            _record(slot, RAISED_BY, by)
    return bool(changed)


def end(*, slot: Slot, by: User) -> bool:
    """End a speech: it is delivered. Return False if it was ended already.

    What follows, such as the publication of its text, is done by the listeners. Raises PermissionDenied, and
    ClockRefused if the speech doesn't have the floor.
    """
    with _acting(slot, SpeechAct.END, by) as act:
        if act.repeated:
            return False
        running = SpeechInterval.objects.filter(slot=slot, ended_at=None).values_list("pk", flat=True).first()
        act.change()
        _stop(slot)
        entry = act.record(END)
        stored = [listener.delivered(slot, by) for listener in listeners]
        undo.offer(entry, {**act.keys, "interval": running, "stored": stored})
    return True


def postpone(*, slot: Slot, by: User, behind: int | None = None) -> bool:
    """Move a waiting speech behind another waiting one, by its primary key; None moves it to the end.

    Only the running order changes, never the draft. Return False if the speech is already behind the other. Raises
    PermissionDenied, and ClockRefused if one of the two isn't waiting.
    """
    with _acting(slot, SpeechAct.POSTPONE, by) as act:
        act.check()
        line = selectors.waiting(slot.session)
        keys = [each.slot.pk for each in line if each.slot.pk != slot.pk]
        places = [each.place for each in line if each.slot.pk != slot.pk]
        if slot.pk == behind or (behind is not None and behind not in keys):
            raise ClockRefused(_("The list has changed. Choose again where to move the speech."))
        index = len(keys) if behind is None else keys.index(behind) + 1
        if index <= [each.slot.pk for each in line].index(slot.pk):
            return False
        next_place = places[index] if index < len(places) else places[-1] + 2
        place, old_place = (places[index - 1] + next_place) / 2, act.run.place
        SpeechRun.objects.filter(pk=act.run.pk).update(place=place, changed_at=Now())
        undo.offer(act.record(POSTPONE), {**act.keys, "place": place, "old_place": old_place})
    return True


def skip(*, slot: Slot, by: User) -> bool:
    """Mark a waiting speech as not delivered. Return False if it is marked already.

    The floor can still be given to it. Raises PermissionDenied, and ClockRefused if the speech isn't waiting.
    """
    with _acting(slot, SpeechAct.SKIP, by) as act:
        if act.repeated:
            return False
        act.change()
        undo.offer(act.record(SKIP), act.keys)
    return True


_SERVICES: dict[str, Callable[..., bool]] = {
    SpeechAct.PAUSE: pause,
    SpeechAct.POINT_OF_ORDER: point_of_order,
    SpeechAct.RESUME: resume,
    SpeechAct.END: end,
    SpeechAct.SKIP: skip,
}


def shorten(*, session: Session, minutes: int, by: User) -> int:
    """Shorten the waiting speeches of a session to `minutes`, in the draft. Return how many minutes that wins.

    Shorter speeches keep their length. Raises PermissionDenied, and SpeakersRefused for invalid minutes.
    """
    check_can_run_day(by, session.summit)
    with transaction.atomic():
        lock(session.summit)
        longer = {
            line.slot.pk: line.slot.minutes for line in selectors.waiting(session) if line.slot.minutes > minutes
        }
        entry = speakers_list.set_minutes(
            session=session, minutes=dict.fromkeys(longer, minutes), action=SHORTEN, by=by
        )
        if entry is not None:
            undo.offer(entry, {"session": session.pk, "minutes": minutes, "before": [*longer.items()]})
    return sum(longer.values()) - minutes * len(longer)


def close_list(*, session: Session, by: User) -> bool:
    """Close the list of a session: requests for the floor end now. Return False if the list takes none already.

    Raises PermissionDenied.
    """
    check_can_run_day(by, session.summit)
    with transaction.atomic():
        lock(session.summit)
        until = Session.objects.values_list("requests_until", flat=True).get(pk=session.pk)
        now = db_now()
        if until is None or until <= now or not floor_requests.replace_deadline(session, until, now):
            return False
        entry = audit.record(by=by, action=CLOSE, target=session, summit=session.summit, fields=["requests_until"])
        keys = {"session": session.pk, "until": until.isoformat(), "closed_at": now.isoformat()}
        undo.offer(entry, keys)
    return True


@dataclass(frozen=True)
class _Act:
    """An act with a speech, whose state is locked until the transaction ends."""

    slot: Slot
    run: SpeechRun
    transition: SpeechTransition
    by: User

    @property
    def repeated(self) -> bool:
        """Whether the speech already is as the act would leave it."""
        return self.run.state == self.transition.after

    @property
    def keys(self) -> dict[str, Any]:
        """What undoing the act needs: the row of the state, and the state before the act."""
        return {"run": self.run.pk, "before": self.before}

    @property
    def before(self) -> str:
        """The state before the act."""
        return str(self.run.state)

    def check(self) -> None:
        """Raise ClockRefused if the act isn't possible in the state of the speech."""
        if self.run.state not in self.transition.before:
            raise ClockRefused(_why_not(self.run))

    def change(self) -> None:
        """Change the state of the speech. Raises ClockRefused if that isn't possible, or if another one has the
        floor."""
        self.check()
        _set_state(self.run, self.transition.after)

    def record(self, action: AuditAction) -> AuditEntry:
        """Record the act, and return its entry."""
        return _record(self.slot, action, self.by)


@contextmanager
def _acting(slot: Slot, act: SpeechAct, by: User) -> Iterator[_Act]:
    check_can_run_day(by, slot.session.summit)
    with transaction.atomic():
        yield _Act(slot, _locked(slot), TRANSITIONS[act], by)


def _interrupt(slot: Slot, act: SpeechAct, action: AuditAction, by: User, kind: IntervalKind | None = None) -> bool:
    """Do an act with a speech on the floor: end its interval, and start one of `kind`."""
    with _acting(slot, act, by) as acting:
        if acting.repeated:
            return False
        acting.change()
        _stop(slot)
        if kind is not None:
            _start(slot, kind, by)
        acting.record(action)
    return True


def _locked(slot: Slot) -> SpeechRun:
    """Return the state of a speech, locked until the transaction ends. A speech without one gets it: it waits."""
    SpeechRun.objects.get_or_create(slot=slot, defaults={"session_id": slot.session_id})
    rows: QuerySet[SpeechRun] = SpeechRun.objects.select_for_update(of=("self",))
    run = rows.select_related("slot__speaker").get(slot=slot)
    # The speech may have been moved to another session.
    run.session_id = slot.session_id
    return run


def _set_state(run: SpeechRun, state: str) -> None:
    try:
        with transaction.atomic():
            SpeechRun.objects.filter(pk=run.pk).update(state=state, session=run.session_id, changed_at=Now())
    except IntegrityError:
        other = SpeechRun.objects.filter(session=run.session_id, state__in=ON_THE_FLOOR).select_related(
            "slot__speaker"
        )
        names = [row.slot.speaker.label for row in other]
        message = _("%(speaker)s has the floor. End that speech first.")
        raise ClockRefused(message % {"speaker": comma().join(names)}) from None


def _start(slot: Slot, kind: IntervalKind, by: User) -> SpeechInterval:
    return SpeechInterval.objects.create(session_id=slot.session_id, slot=slot, kind=kind, by=by)


def _stop(slot: Slot) -> None:
    # A clock that was set back between two statements doesn't make an interval end before its start.
    running = SpeechInterval.objects.filter(slot=slot, ended_at=None)
    running.update(ended_at=Greatest(Now(), F("started_at"), output_field=DateTimeField()))


def _record(slot: Slot, action: AuditAction, by: User) -> AuditEntry:
    return audit.record(
        by=by, action=action, target=slot.session, summit=slot.session.summit, detail={"rows": [audit.name_of(slot)]}
    )


def _why_not(run: SpeechRun) -> str:
    """Return why an act isn't possible in the state of a speech, and what to do."""
    values = {"speaker": run.slot.speaker.label}
    match run.state:
        case SpeechState.WAITING:
            return _("%(speaker)s does not have the floor. Give the floor first.") % values
        case SpeechState.DELIVERED:
            return _("%(speaker)s has already delivered this speech.") % values
        case SpeechState.NOT_DELIVERED:
            return _("This speech of %(speaker)s is marked as not delivered. To hear it, give the floor.") % values
        case _:
            return _("%(speaker)s already has the floor.") % values


def _restored(number: int) -> str:
    message = ngettext("%(n)d speech is as it was.", "%(n)d speeches are as they were.", number)
    return message % {"n": number} if number > 1 else _("The speech is as it was.")


def _run_of(step: UndoStep, state: SpeechState) -> SpeechRun:
    """Return the locked state of the speech of a step. Raises UndoRefused if it isn't in `state` any more."""
    rows: QuerySet[SpeechRun] = SpeechRun.objects.select_for_update(of=("self",))
    run = rows.select_related("slot__session__summit", "slot__speaker").filter(pk=step.data["run"]).first()
    if run is None or run.state != state:
        raise changed_since(step)
    return run


def _restore(step: UndoStep, run: SpeechRun, by: User) -> None:
    """Give a speech the state that it had before the act. Raises UndoRefused if another speech has the floor."""
    check_can_run_day(by, run.slot.session.summit)
    try:
        _set_state(run, step.data["before"])
    except ClockRefused as refused:
        raise UndoRefused(str(refused)) from refused
    _record(run.slot, TAKE_BACK, by)


_INSTEAD = gettext_lazy("Use the buttons beside the speech.")


@undoes(GIVE_FLOOR, permission=RUN_DAY, done=_restored, instead=_INSTEAD)
def _undo_give_floor(step: UndoStep, by: User) -> str:
    """Take the floor back: the clock hasn't run."""
    run = _run_of(step, SpeechState.SPEAKING)
    if not SpeechInterval.objects.filter(pk=step.data["interval"], ended_at=None).exists():
        raise changed_since(step)
    _restore(step, run, by)
    SpeechInterval.objects.filter(pk=step.data["interval"]).delete()
    return ""


@undoes(END, permission=RUN_DAY, done=_restored, instead=_INSTEAD)
def _undo_end(step: UndoStep, by: User) -> str:
    """Let a speech go on as if it had not been ended: the clock has run meanwhile. Return what stays published."""
    run = _run_of(step, SpeechState.DELIVERED)
    _restore(step, run, by)
    SpeechInterval.objects.filter(pk=step.data["interval"]).update(ended_at=None)
    notes = [
        listener.taken_back(run.slot, stored, by)
        for listener, stored in zip(listeners, step.data["stored"], strict=True)
    ]
    return " ".join(filter(None, notes))


@undoes(SKIP, permission=RUN_DAY, done=_restored, instead=_INSTEAD)
def _undo_skip(step: UndoStep, by: User) -> str:
    _restore(step, _run_of(step, SpeechState.NOT_DELIVERED), by)
    return ""


@undoes(POSTPONE, permission=RUN_DAY, done=_restored, instead=_INSTEAD)
def _undo_postpone(step: UndoStep, by: User) -> str:
    run = _run_of(step, SpeechState.WAITING)
    if run.place != step.data["place"]:
        raise changed_since(step)
    _restore(step, run, by)
    SpeechRun.objects.filter(pk=run.pk).update(place=step.data["old_place"])
    return ""


@undoes(
    SHORTEN,
    permission=RUN_DAY,
    done=lambda number: _("The speeches have their earlier limits again."),
    instead=gettext_lazy("Change the minutes on the speakers’ list."),
)
def _undo_shorten(step: UndoStep, by: User) -> str:
    """Restore the limits of the shortened speeches that still have the shorter one."""
    session = Session.objects.select_related("summit").get(pk=step.data["session"])
    check_can_run_day(by, session.summit)
    lock(session.summit)
    current = dict(Slot.objects.filter(session=session, minutes=step.data["minutes"]).values_list("pk", "minutes"))
    minutes = {key: number for key, number in step.data["before"] if key in current}
    if speakers_list.set_minutes(session=session, minutes=minutes, action=SHORTEN, by=by) is None:
        raise changed_since(step)
    return "" if len(minutes) == len(step.data["before"]) else _("Speeches that have changed since keep their limit.")


@undoes(
    CLOSE,
    permission=RUN_DAY,
    done=lambda number: _("The list is open again."),
    instead=gettext_lazy("Set a new deadline under “Times and requests”."),
)
def _undo_close(step: UndoStep, by: User) -> str:
    session = Session.objects.select_related("summit").get(pk=step.data["session"])
    check_can_run_day(by, session.summit)
    lock(session.summit)
    moments = {name: datetime.fromisoformat(step.data[name]) for name in ("until", "closed_at")}
    if not floor_requests.replace_deadline(session, moments["closed_at"], moments["until"]):
        raise changed_since(step)
    audit.record(by=by, action=floor_requests.OPEN, target=session, summit=session.summit, fields=["requests_until"])
    return ""
