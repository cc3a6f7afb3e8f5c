"""The speakers' list of a session in the draft: the speeches, their order, their minutes and their times.

Each change takes the lock of the agenda, reads the current list and makes only the requested changes, so that
concurrent moves don't undo each other. A move names the target position, so repeating it has no effect. A speech
keeps its row when it moves, because transcripts refer to it. Changes become visible with the next release.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import check_can_edit
from sessions.draft.selectors.speech_times import beginnings
from sessions.draft.services.add_and_remove_speeches import insert, remove_slots
from sessions.draft.services.agenda_lock import lock
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from summit.audit import services as audit
from summit.audit.actions import AuditAction, Facts, audit_action
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.users.models import User

# The minutes of a day. A longer speech is a typing error.
LONGEST = 24 * 60


def _arranged(facts: Facts) -> str:
    number = int(facts.detail.get("moved", 0))
    if number:
        message = ngettext(
            "moved %(number)d speech on the speakers’ list", "moved %(number)d speeches on the speakers’ list", number
        )
        return message % {"number": number}
    return _("changed the times of speeches")


ARRANGE = audit_action(
    "agenda.speakers.arrange", _arranged, fields_of=Slot, label=gettext_lazy("changed the speakers’ list")
)
SETTLE = audit_action(
    "agenda.speakers.settle", gettext_lazy("changed the times of the speakers’ list"), fields_of=Session
)
ADD = audit_action("agenda.speakers.add", gettext_lazy("added a speech to the speakers’ list"))
CHANGE = audit_action("agenda.speakers.change", gettext_lazy("changed a speech"), fields_of=Slot)
DROP = audit_action("agenda.speakers.drop", gettext_lazy("removed a speech from the speakers’ list"))


class SpeakersRefused(ValueError):
    """Raised if the list can't be changed as requested. The message says why and what to do."""


@dataclass(frozen=True)
class SpeechLine:
    """A speech in the list: its position, from 1, and its start if all earlier speakers keep to their time."""

    slot: Slot
    place: int
    begins: datetime


@dataclass(frozen=True)
class Totals:
    """The minutes of a list: `there` are available after the opening, `used` are taken by speeches."""

    there: int
    used: int

    @property
    def free(self) -> int:
        """The number of minutes left."""
        return max(self.there - self.used, 0)

    @property
    def over(self) -> int:
        """The number of minutes by which the speeches exceed the session."""
        return max(self.used - self.there, 0)


def slots(session: Session) -> list[Slot]:
    """Return the speeches of a session in their order. Makes one query."""
    rows = Slot.objects.filter(session=session).select_related("speaker", "party")
    return list(rows.order_by("position", "pk"))


def lines(session: Session, rows: Sequence[Slot]) -> list[SpeechLine]:
    """Return speeches, which must be ordered, as lines of the list. Makes no query."""
    times = beginnings(starts_at=session.starts_at, opening=session.opening, minutes=(row.minutes for row in rows))
    return [
        SpeechLine(row, place, begins) for place, (row, begins) in enumerate(zip(rows, times, strict=True), start=1)
    ]


def totals(session: Session, minutes: Iterable[int]) -> Totals:
    """Return the available minutes of a session and the total `minutes` of its speeches. Makes no query."""
    length = int((session.ends_at - session.starts_at).total_seconds() // 60)
    return Totals(there=length - (session.opening or 0), used=sum(minutes))


def move(*, slot: Slot, to: int, by: User) -> bool:
    """Move a speech to a position, from 1. A number beyond the end means the last position.

    Return False, without changes, if the speech is already there. Raises PermissionDenied, and SpeakersRefused if the
    speech is no longer on the list.
    """
    return arrange(session=slot.session, places={slot.pk: to}, by=by)


def arrange(
    *, session: Session, by: User, places: Mapping[int, int] | None = None, minutes: Mapping[int, int] | None = None
) -> bool:
    """Move speeches to `places`, from 1, and set the `minutes` of speeches. Return whether anything changed.

    Both are dicts from a speech's primary key; all other speeches stay as they are. Raises PermissionDenied, and
    SpeakersRefused if a speech is no longer on the list or its minutes are invalid.
    """
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        rows = slots(session)
        by_key = {row.pk: row for row in rows}
        new_places, new_minutes = dict(places or {}), dict(minutes or {})
        if not (new_places.keys() | new_minutes.keys()) <= by_key.keys():
            raise SpeakersRefused(removed_message())
        for key, number in new_minutes.items():
            _check_minutes(number)
            by_key[key].minutes = number
        old_order = list(by_key)
        rows = [row for row in rows if row.pk not in new_places]
        # Inserted from the lowest position on, so that each speech gets the position that was requested for it.
        for key, to in sorted(new_places.items(), key=lambda entry: entry[1]):
            rows.insert(max(to, 1) - 1, by_key[key])
        return _write(session, rows, old_order, by=by, named=new_places) is not None


def set_minutes(*, session: Session, minutes: Mapping[int, int], action: AuditAction, by: User) -> AuditEntry | None:
    """Set the minutes of speeches, by their primary keys. Return the entry of the change, or None without one.

    The agenda must be locked. It checks no permission. Raises SpeakersRefused for invalid minutes.
    """
    rows = slots(session)
    for row in rows:
        if row.pk in minutes:
            _check_minutes(minutes[row.pk])
            row.minutes = minutes[row.pk]
    return _write(session, rows, [row.pk for row in rows], by=by, named=(), action=action)


def add(
    *,
    session: Session,
    speaker: Person,
    by: User,
    party: Party | None = None,
    title: str = "",
    minutes: int | None = None,
) -> Slot:
    """Add a speech at the end of the list. The default for `minutes` is the session's time limit.

    Raises PermissionDenied, ValidationError and SpeakersRefused.
    """
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        session = Session.objects.select_related("summit").get(pk=session.pk)
        row = append_speech(session=session, speaker=speaker, party=party, title=title, minutes=minutes)
        _record(session, [row], action=ADD, by=by)
    return row


def append_speech(
    *, session: Session, speaker: Person, party: Party | None, title: str = "", minutes: int | None = None
) -> Slot:
    """Add a speech at the end of the list of a session. The agenda must be locked.

    It checks no permission and records nothing. Raises ValidationError and SpeakersRefused.
    """
    length = session.time_limit if minutes is None else minutes
    _check_minutes(length)
    rows = slots(session)
    _number(rows)
    row = Slot(session=session, party=party, speaker=speaker, title=title.strip(), minutes=length, position=len(rows))
    row.full_clean(exclude=["session"])
    insert([row])
    return row


def change(
    *, slot: Slot, by: User, speaker: Person, party: Party | None, title: str = "", minutes: int | None = None
) -> bool:
    """Change the speaker, party, title or minutes (None: the session's time limit) of a speech, which keeps its row.

    Return whether anything changed. Raises PermissionDenied, ValidationError and SpeakersRefused.
    """
    check_can_edit(by, slot.session)
    with transaction.atomic():
        lock(slot.session.summit)
        row = _reload(slot)
        length = row.session.time_limit if minutes is None else minutes
        _check_minutes(length)
        new_values: dict[str, Any] = {"speaker": speaker, "party": party, "title": title.strip(), "minutes": length}
        changed = [name for name, value in new_values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, new_values[name])
        if changed:
            row.full_clean(exclude=["session"])
            with watching(sessions=[row.session_id], by=by):
                row.save(update_fields=changed)
            _record(row.session, [row], action=CHANGE, by=by, fields=changed)
    return bool(changed)


def remove(*, slot: Slot, by: User) -> None:
    """Take a speech off the list. Raises PermissionDenied, and SpeakersRefused if it is no longer on the list.

    A speech that other objects refer to is cancelled; any other speech is deleted.
    """
    check_can_edit(by, slot.session)
    with transaction.atomic():
        lock(slot.session.summit)
        row = _reload(slot)
        # Read before the deletion, which clears the row's key.
        label = audit.name_of(row)
        with watching(sessions=[row.session_id], by=by):
            remove_slots([row.pk])
            _number(slots(row.session))
        rise(row.session_id)
        audit.record(
            by=by,
            action=DROP,
            target=row.session,
            summit=row.session.summit,
            detail={"rows": [label]},
        )


def settle(*, session: Session, by: User, opening: int | None, speech_minutes: int | None) -> int:
    """Set the minutes before the first speech and the minutes of a speech. Return how many speeches were changed.

    Speeches with the old limit get the new limit; speeches with another length keep it. Raises PermissionDenied, and
    SpeakersRefused if the opening is at least as long as the session or the minutes of a speech are invalid.
    """
    check_can_edit(by, session)
    with transaction.atomic():
        lock(session.summit)
        row = Session.objects.select_related("summit").get(pk=session.pk)
        if opening is not None and opening >= totals(row, []).there + (row.opening or 0):
            raise SpeakersRefused(_("The opening can’t be as long as the session. Enter fewer minutes."))
        if speech_minutes is not None:
            _check_minutes(speech_minutes)
        old_limit = row.time_limit
        new_values = {"opening": opening or None, "speech_minutes": speech_minutes}
        changed = [name for name, value in new_values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, new_values[name])
        updated = 0
        if changed:
            with watching(sessions=[row.pk], by=by):
                row.save(update_fields=[*changed, "updated_at"])
                if row.time_limit != old_limit:
                    updated = Slot.objects.filter(session=row, minutes=old_limit).update(minutes=row.time_limit)
            rise(row.pk)
            detail = {"speeches": updated}
            audit.record(by=by, action=SETTLE, target=row, summit=row.summit, fields=changed, detail=detail)
    return updated


def removed_message() -> str:
    """Return the message that a speech is no longer on the list."""
    return _("Someone has removed this speech from the list. Reload the list.")


def _reload(slot: Slot) -> Slot:
    row = Slot.objects.filter(pk=slot.pk).select_related("session__summit", "speaker", "party").first()
    if row is None:
        raise SpeakersRefused(removed_message())
    return row


def _check_minutes(number: int) -> None:
    if not 0 < number <= LONGEST:
        raise SpeakersRefused(_("Enter between one minute and one day for a speech."))


def _number(rows: Sequence[Slot]) -> list[Slot]:
    """Set the positions of speeches to their order, from 0, and return the speeches with a changed position.

    Makes one query at most.
    """
    changed = [row for place, row in enumerate(rows) if row.position != place]
    for place, row in enumerate(rows):
        row.position = place
    Slot.objects.bulk_update(changed, ["position"])
    return changed


def _write(
    session: Session,
    rows: list[Slot],
    before: Sequence[int],
    *,
    by: User,
    named: Iterable[int],
    action: AuditAction = ARRANGE,
) -> AuditEntry | None:
    """Save the order and minutes of speeches, and return the entry of the change. None if they are stored already.

    `before` are the primary keys in the old order, `named` the keys of the speeches that the user moved.
    """
    moved_keys = set(named)
    stored = dict(Slot.objects.filter(session=session).values_list("pk", "minutes"))
    changed = [row for row in rows if stored[row.pk] != row.minutes]
    moved = [row.pk for row in rows] != list(before)
    if not changed and not moved:
        return None
    with watching(sessions=[session.pk], by=by) as watch:
        watch.named = moved_keys if moved else ()
        Slot.objects.bulk_update(changed, ["minutes"])
        _number(rows)
    recorded = [row for row in rows if row in changed or (moved and row.pk in moved_keys)]
    detail = {"moved": len(moved_keys) if moved else 0, "timed": len(changed)}
    fields = [name for name, found in (("position", moved), ("minutes", changed)) if found]
    return _record(session, recorded, action=action, by=by, fields=fields, detail=detail)


def _record(
    session: Session,
    rows: Sequence[Slot],
    *,
    action: AuditAction,
    by: User,
    fields: Iterable[str] = (),
    detail: Mapping[str, int] | None = None,
) -> AuditEntry:
    rise(session.pk)
    return audit.record(
        by=by,
        action=action,
        target=session,
        summit=session.summit,
        fields=fields,
        detail={"rows": [audit.name_of(row) for row in rows], **(detail or {})},
    )
