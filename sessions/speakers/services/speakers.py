"""The speakers' list of a session in the draft: who speaks, in which order, for how long, and when that is.

Whoever changes it holds the lock of its agenda, reads the list as it is then and changes one thing of it, so that of
two who move at once neither loses anything. A move names the place that is meant: done twice it is done once. A
speech keeps its row whatever becomes of its place, since transcripts hang on it. Nobody learns of any of it before
the next release.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from sessions.draft.selectors.speech_times import beginnings
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from sessions.draft.services.slots import enter, take_off
from sessions.draft.speech_listeners import watching
from summit.audit import services as audit
from summit.people.models import Person
from summit.users.models import User

# A day's minutes: a speech that is longer is a slip of the pen.
LONGEST = 24 * 60


class SpeakersRefused(ValueError):
    """The list can't be changed like this; the text is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Line:
    """A speech as the list shows it: its place, from one on, and when it begins if all before it keep their time."""

    slot: Slot
    place: int
    begins: datetime


@dataclass(frozen=True)
class Totals:
    """The minutes of a list against its session: those that there are after the opening, and those that are given."""

    there: int
    used: int

    @property
    def free(self) -> int:
        """How many are left."""
        return max(self.there - self.used, 0)

    @property
    def over(self) -> int:
        """How many are given and not there."""
        return max(self.used - self.there, 0)


def slots(session: Session) -> list[Slot]:
    """Return the speeches of a session in their order. One query."""
    rows = Slot.objects.filter(session=session).select_related("speaker", "party")
    return list(rows.order_by("position", "pk"))


def lines(session: Session, rows: Sequence[Slot]) -> list[Line]:
    """Return speeches in their order as the list shows them. No query."""
    times = beginnings(starts_at=session.starts_at, opening=session.opening, minutes=(row.minutes for row in rows))
    return [Line(row, place, begins) for place, (row, begins) in enumerate(zip(rows, times, strict=True), start=1)]


def totals(session: Session, minutes: Iterable[int]) -> Totals:
    """Return how the minutes of speeches stand to those of the session. No query."""
    length = int((session.ends_at - session.starts_at).total_seconds() // 60)
    return Totals(there=length - (session.opening or 0), used=sum(minutes))


def move(*, slot: Slot, to: int, by: User) -> bool:
    """Move a speech to a place, counted from one; beyond the last it is the last. Return False, changing nothing,
    where it stands there already. Raises PermissionDenied, and SpeakersRefused where the speech is gone."""
    return arrange(session=slot.session, places={slot.pk: to}, by=by)


def arrange(
    *, session: Session, by: User, places: Mapping[int, int] | None = None, minutes: Mapping[int, int] | None = None
) -> bool:
    """Move the speeches (by primary key) that are named to `places`, counted from one, and give others `minutes`;
    whatever isn't named stays as it is now. Return whether anything changed.

    Raises PermissionDenied, and SpeakersRefused where a speech is gone or its minutes can't be.
    """
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        rows = slots(session)
        by_key = {row.pk: row for row in rows}
        wanted, timed = dict(places or {}), dict(minutes or {})
        if not (wanted.keys() | timed.keys()) <= by_key.keys():
            raise SpeakersRefused(gone())
        for key, number in timed.items():
            _look_at_minutes(number)
            by_key[key].minutes = number
        before = list(by_key)
        rows = [row for row in rows if row.pk not in wanted]
        # From the first place on, so that each of several stands where it was put.
        for key, to in sorted(wanted.items(), key=lambda entry: entry[1]):
            rows.insert(max(to, 1) - 1, by_key[key])
        return _write(session, rows, before, by=by, named=wanted)


def add(
    *,
    session: Session,
    speaker: Person,
    by: User,
    party: Party | None = None,
    title: str = "",
    minutes: int | None = None,
) -> Slot:
    """Put a speech last on the list; without `minutes` it has the session's time limit. Raises PermissionDenied,
    ValidationError and SpeakersRefused."""
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        session = Session.objects.select_related("summit").get(pk=session.pk)
        row = put_last(session=session, speaker=speaker, party=party, title=title, minutes=minutes)
        _record(session, [row], action="agenda.speakers.add", by=by)
    return row


def put_last(
    *, session: Session, speaker: Person, party: Party | None, title: str = "", minutes: int | None = None
) -> Slot:
    """Put a speech last on the list of a session whose agenda is locked; asks nobody's permission and records
    nothing. Raises ValidationError and SpeakersRefused."""
    given = session.time_limit if minutes is None else minutes
    _look_at_minutes(given)
    rows = slots(session)
    _number(rows)
    row = Slot(session=session, party=party, speaker=speaker, title=title.strip(), minutes=given, position=len(rows))
    row.full_clean(exclude=["session"])
    enter([row])
    return row


def change(
    *, slot: Slot, by: User, speaker: Person, party: Party | None, title: str = "", minutes: int | None = None
) -> bool:
    """Let another person or party give a speech, or give it another title or other minutes (None: the session's time
    limit): the speech stays the same. Return whether anything changed. Raises PermissionDenied, ValidationError and
    SpeakersRefused."""
    check_can_edit(by, slot.session)
    with transaction.atomic():
        lock(slot.session.summit)
        row = _find(slot)
        given = row.session.time_limit if minutes is None else minutes
        _look_at_minutes(given)
        wanted: dict[str, Any] = {"speaker": speaker, "party": party, "title": title.strip(), "minutes": given}
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, wanted[name])
        if changed:
            row.full_clean(exclude=["session"])
            with watching(sessions=[row.session_id], by=by):
                row.save(update_fields=changed)
            _record(row.session, [row], action="agenda.speakers.change", by=by, fields=changed)
    return bool(changed)


def drop(*, slot: Slot, by: User) -> None:
    """Take a speech off the list: it is cancelled. Raises PermissionDenied, and SpeakersRefused where it's gone."""
    check_can_edit(by, slot.session)
    with transaction.atomic():
        lock(slot.session.summit)
        row = _find(slot)
        # A deleted row has no key any more.
        named = audit.name_of(row)
        with watching(sessions=[row.session_id], by=by):
            take_off([row.pk])
            _number(slots(row.session))
        rise(row.session_id)
        audit.record(
            by=by,
            action="agenda.speakers.drop",
            target=row.session,
            summit=row.session.summit,
            detail={"rows": [named]},
        )


def settle(*, session: Session, by: User, opening: int | None, speech_minutes: int | None) -> int:
    """Say how many minutes pass before the first speech, and how many a speech has; return how many speeches got
    another time. Those that had the old limit get the new one; whoever has a time of their own keeps it.

    Raises PermissionDenied, and SpeakersRefused where the opening is longer than the session or a speech has no time.
    """
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        row = Session.objects.select_related("summit").get(pk=session.pk)
        if opening is not None and opening >= totals(row, []).there + (row.opening or 0):
            raise SpeakersRefused(_("The opening would be as long as the session. Give fewer minutes."))
        if speech_minutes is not None:
            _look_at_minutes(speech_minutes)
        before = row.time_limit
        wanted = {"opening": opening or None, "speech_minutes": speech_minutes}
        changed = [name for name, value in wanted.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, wanted[name])
        timed = 0
        if changed:
            with watching(sessions=[row.pk], by=by):
                row.save(update_fields=[*changed, "updated_at"])
                if row.time_limit != before:
                    timed = Slot.objects.filter(session=row, minutes=before).update(minutes=row.time_limit)
            rise(row.pk)
            detail = {"speeches": timed}
            audit.record(
                by=by, action="agenda.speakers.settle", target=row, summit=row.summit, fields=changed, detail=detail
            )
    return timed


def gone() -> str:
    """Say that a speech isn't on the list any more."""
    return _("Somebody has taken this speech off the list. Look at the list again.")


def _find(slot: Slot) -> Slot:
    row = Slot.objects.filter(pk=slot.pk).select_related("session__summit", "speaker", "party").first()
    if row is None:
        raise SpeakersRefused(gone())
    return row


def _look_at_minutes(number: int) -> None:
    if not 0 < number <= LONGEST:
        raise SpeakersRefused(_("A speech has one minute at least and a day at most. Give its minutes anew."))


def _number(rows: Sequence[Slot]) -> list[Slot]:
    """Number speeches as they stand, from nought; return those whose number changed. One query at most."""
    changed = [row for place, row in enumerate(rows) if row.position != place]
    for place, row in enumerate(rows):
        row.position = place
    Slot.objects.bulk_update(changed, ["position"])
    return changed


def _write(session: Session, rows: list[Slot], before: Sequence[int], *, by: User, named: Iterable[int]) -> bool:
    """Store an order and minutes, where they aren't what is stored: `before` are the keys in their order, `named`
    those of the speeches that were to move."""
    wanted = set(named)
    stored = dict(Slot.objects.filter(session=session).values_list("pk", "minutes"))
    timed = [row for row in rows if stored[row.pk] != row.minutes]
    moved = [row.pk for row in rows] != list(before)
    if not timed and not moved:
        return False
    with watching(sessions=[session.pk], by=by) as watch:
        watch.named = wanted if moved else ()
        Slot.objects.bulk_update(timed, ["minutes"])
        _number(rows)
    told = [row for row in rows if row in timed or (moved and row.pk in wanted)]
    detail = {"moved": len(wanted) if moved else 0, "timed": len(timed)}
    fields = [name for name, found in (("position", moved), ("minutes", timed)) if found]
    _record(session, told, action="agenda.speakers.arrange", by=by, fields=fields, detail=detail)
    return True


def _record(
    session: Session,
    rows: Sequence[Slot],
    *,
    action: str,
    by: User,
    fields: Iterable[str] = (),
    detail: Mapping[str, int] | None = None,
) -> None:
    rise(session.pk)
    audit.record(
        by=by,
        action=action,
        target=session,
        summit=session.summit,
        fields=fields,
        detail={"rows": [audit.name_of(row) for row in rows], **(detail or {})},
    )
