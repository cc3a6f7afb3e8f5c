"""Planning and writing the import of a schedule into a summit's draft."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from delegations.members.services.people import PERSON_ACTIONS
from sessions.draft.change_guards import Blocked, guarded
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session, SessionText
from sessions.draft.services.add_and_remove_speeches import insert, remove_slots
from sessions.draft.services.cancel_and_move import leave_rooms
from sessions.draft.services.planning import SAVE_ROWS, SESSION_ACTIONS
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from sessions.exchange.selectors.parsers import read
from sessions.exchange.selectors.planner import FIELDS, PlannedChange, Planner
from sessions.visibility.models import Visibility
from summit.audit import services as audit
from summit.audit.services import By
from summit.core import bulk_insert
from summit.imports.definitions import ImportProblem
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.summits.services import ROOM_ACTIONS, VENUE_ACTIONS
from summit.users.models import User


def store(plan: Planner, *, by: By) -> None:
    """Write what a schedule plans, in the caller's transaction and under the lock of the agenda.

    Raises ImportProblem if a conflict arises that the summit blocks.
    """
    keys = [change.session.pk for change in plan.changes if not change.new]
    try:
        with guarded(plan.summit, keys, [change.session for change in plan.changes]):
            _store_rooms(plan, by)
            _store_new(plan, by)
            keys += [change.session.pk for change in plan.changes if change.new]
            with watching(summit=plan.summit, by=by):
                _store_changed(plan, by)
    except Blocked as refused:
        raise ImportProblem(str(refused)) from refused


def plan(*, summit: Summit, content: bytes, by: By, visibility: str = Visibility.PARTICIPANTS) -> Planner:
    """Return what importing a file would write, with the report on each event. Raises ImportProblem.

    An event is recognised by its guid: importing the same file again writes nothing, and a later file changes what
    differs. New sessions get `visibility`; existing sessions keep theirs.
    """
    may_add = not isinstance(by, User) or allows(by, "summit.person.change", summit)
    schedule = read(content, zone=summit.zone)
    return Planner(summit, schedule, visibility=visibility, may_add=may_add).plan()


def _store_rooms(plan: Planner, by: By) -> None:
    if plan.venue is not None and plan.venue.pk is None:
        plan.venue.save()
        audit.record(by=by, action=VENUE_ACTIONS.add, target=plan.venue, summit=plan.summit)
    for room in plan.new_rooms:
        room.venue = room.venue
        room.save()
        audit.record(by=by, action=ROOM_ACTIONS.add, target=room, summit=plan.summit, part_of=room.venue)


def _store_new(plan: Planner, by: By) -> None:
    """Save new people and sessions, with one statement for each table, because the lock keeps other writers out."""
    new = [change for change in plan.changes if change.new]
    bulk_insert.insert(plan.new_people)
    bulk_insert.insert([change.session for change in new])
    bulk_insert.insert([_text(change) for change in new if change.language])
    bulk_insert.insert([_slot(change, *place) for change in new for place in enumerate(change.speakers or [])])
    entries = [
        audit.entry(by=by, action=PERSON_ACTIONS.add, target=person, summit=plan.summit) for person in plan.new_people
    ]
    for change in new:
        common: dict[str, Any] = {"by": by, "target": change.session, "summit": plan.summit}
        entries.append(audit.entry(action=SESSION_ACTIONS.add, **common))
        if change.speakers is not None:
            numbers = {"added": len(change.speakers), "changed": 0, "removed": 0}
            entries.append(audit.entry(action=SAVE_ROWS["slots"], detail=numbers, **common))
    audit.record_many(entries)


def _text(change: PlannedChange) -> SessionText:
    session = change.session
    return SessionText(session=session, language=change.language, title=session.title, summary=session.summary)


def _slot(change: PlannedChange, position: int, speaker: Person) -> Slot:
    return Slot(session=change.session, speaker=speaker, position=position, minutes=change.minutes)


def _store_changed(plan: Planner, by: By) -> None:
    """Save the changes to existing sessions, each table in one statement."""
    changes = [change for change in plan.changes if not change.new]
    for change in changes:
        # A new room had no primary key yet when it was planned; assigning it again sets the foreign key.
        change.session.room = change.session.room
    leave_rooms([change.session for change in changes if change.fields])
    Session.objects.bulk_update([change.session for change in changes if change.fields], FIELDS)
    rise(*(change.session.pk for change in changes))
    _store_texts([change for change in changes if change.language])
    numbers = _store_speeches([change for change in changes if change.speakers is not None])
    entries = []
    for change in changes:
        common: dict[str, Any] = {"by": by, "target": change.session, "summit": plan.summit}
        names = [*change.fields, *(["texts"] if change.language else [])]
        if names:
            entries.append(audit.entry(action=SESSION_ACTIONS.change, fields=names, **common))
        if change.speakers is not None:
            entries.append(audit.entry(action=SAVE_ROWS["slots"], detail=numbers[change.session.pk], **common))
    audit.record_many(entries)


def _store_texts(changes: list[PlannedChange]) -> None:
    new, changed = [], []
    for change in changes:
        text = _text(change)
        stored = next((row for row in change.session.texts.all() if row.language == change.language), None)
        if stored is None:
            new.append(text)
        else:
            stored.title, stored.summary = text.title, text.summary
            changed.append(stored)
    bulk_insert.insert(new)
    SessionText.objects.bulk_update(changed, ["title", "summary"])


def _store_speeches(changes: list[PlannedChange]) -> dict[int, dict[str, int]]:
    """Save the changed speeches of sessions.

    Return a dict from session primary key to the numbers of added, changed and removed speeches. The speeches of
    remaining speakers keep their rows, because transcripts refer to them. A speaker's speeches follow each other.
    """
    new, moved = [], []
    removed: dict[int, tuple[Slot, PlannedChange]] = {}
    numbers = {change.session.pk: {"added": 0, "changed": 0, "removed": 0} for change in changes}
    for change in changes:
        counts = numbers[change.session.pk]
        slots_by_speaker: dict[int, list[Slot]] = defaultdict(list)
        for slot in change.slots:
            slots_by_speaker[slot.speaker_id].append(slot)
        position = 0
        for person in change.speakers or []:
            slots = slots_by_speaker.pop(person.pk, [])
            if not slots:
                new.append(_slot(change, position, person))
                counts["added"] += 1
            for offset, slot in enumerate(slots):
                if slot.position != position + offset:
                    slot.position = position + offset
                    moved.append(slot)
                    counts["changed"] += 1
            position += max(1, len(slots))
        removed |= {slot.pk: (slot, change) for slots in slots_by_speaker.values() for slot in slots}
    # A cancelled speech of a speaker who is in the file again is restored.
    insert(new)
    Slot.objects.bulk_update(moved, ["position"])
    cancelled = remove_slots(list(removed))
    for key, (slot, change) in removed.items():
        numbers[change.session.pk]["removed"] += 1
        if key in cancelled:
            message = _("%(name)s is no longer in the file. The speech is cancelled, but a text depends on it.")
            change.line.notes.append(message % {"name": slot.speaker.name})
    return numbers
