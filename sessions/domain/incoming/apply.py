"""Reading a schedule into a summit's draft: what it would do, and doing it."""

from typing import Any

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from sessions.domain.incoming.plan import Change, Planner
from sessions.domain.incoming.reading import read
from sessions.domain.incoming.report import Report
from sessions.domain.releases import lock
from sessions.models import Session, SessionText, Slot, Visibility
from summit.db import bulk
from summit.domain import audit
from summit.domain.audit import By
from summit.models import Person, Summit, User
from summit.permissions import allows, check


def preview(*, summit: Summit, content: bytes, by: By, visibility: str = Visibility.PARTICIPANTS) -> Report:
    """Return what a file would do, and write nothing. Raises PermissionDenied, Unreadable."""
    return _plan(summit, content, by, visibility).report


def read_in(*, summit: Summit, content: bytes, by: By, visibility: str = Visibility.PARTICIPANTS) -> Report:
    """Write every event that can be into the draft, in one transaction; the report tells the others.

    An event is known again by its guid: the same file twice writes nothing the second time, and a later one changes
    what differs. New sessions are shown to those who take part, or as `visibility` says; of sessions that are there
    already it stays. Raises PermissionDenied, Unreadable.
    """
    with transaction.atomic():
        lock(summit)
        plan = _plan(summit, content, by, visibility)
        _store_rooms(plan, by)
        _store_new(plan, by)
        for change in plan.changes:
            if not change.new:
                _store_changed(change, by)
        if plan.changes:
            audit.record(by=by, action="sessions.read_in", target=summit, summit=summit, detail=plan.report.counts)
    return plan.report


def _plan(summit: Summit, content: bytes, by: By, visibility: str) -> Planner:
    if isinstance(by, User):
        check(by, "sessions.edit", summit)
    may_add = not isinstance(by, User) or allows(by, "summit.person.change", summit)
    schedule = read(content, zone=summit.zone)
    return Planner(summit, schedule, visibility=visibility, may_add=may_add).plan()


def _store_rooms(plan: Planner, by: By) -> None:
    if plan.venue is not None and plan.venue.pk is None:
        plan.venue.save()
        audit.record(by=by, action="summit.venue.add", target=plan.venue, summit=plan.summit)
    for room in plan.new_rooms:
        room.venue = room.venue
        room.save()
        audit.record(by=by, action="summit.room.add", target=room, summit=plan.summit, part_of=room.venue)


def _store_new(plan: Planner, by: By) -> None:
    """Store the people and sessions that are new, each table in one statement: nobody else can write meanwhile."""
    new = [change for change in plan.changes if change.new]
    bulk.insert(plan.new_people)
    bulk.insert([change.session for change in new])
    bulk.insert([_text(change) for change in new if change.language])
    bulk.insert([_slot(change, *place) for change in new for place in enumerate(change.speakers or [])])
    told = [
        audit.entry(by=by, action="summit.person.add", target=person, summit=plan.summit)
        for person in plan.new_people
    ]
    for change in new:
        of: dict[str, Any] = {"by": by, "target": change.session, "summit": plan.summit}
        told.append(audit.entry(action="sessions.session.add", **of))
        if change.speakers is not None:
            numbers = {"added": len(change.speakers), "changed": 0, "removed": 0}
            told.append(audit.entry(action="sessions.slots", detail=numbers, **of))
    audit.record_many(told)


def _text(change: Change) -> SessionText:
    session = change.session
    return SessionText(session=session, language=change.language, title=session.title, summary=session.summary)


def _slot(change: Change, position: int, speaker: Person) -> Slot:
    return Slot(session=change.session, speaker=speaker, position=position, minutes=change.minutes)


def _store_changed(change: Change, by: By) -> None:
    session = change.session
    # The room may have had no key when it was planned, and has one now.
    session.room = session.room
    session.save()
    Session.objects.filter(pk=session.pk).update(revision=F("revision") + 1)
    if change.language:
        words = {"title": session.title, "summary": session.summary}
        SessionText.objects.update_or_create(session=session, language=change.language, defaults=words)
    if change.fields or change.language:
        names = [*change.fields, *(["texts"] if change.language else [])]
        audit.record(by=by, action="sessions.session.change", target=session, summit=session.summit, fields=names)
    if change.speakers is not None:
        _store_speeches(change, by)


def _store_speeches(change: Change, by: By) -> None:
    """Keep the speeches of those who go on to speak, since transcripts hang on them; add and take off the others."""
    kept = {slot.speaker_id: slot for slot in change.slots}
    numbers = {"added": 0, "changed": 0, "removed": 0}
    wanted = change.speakers or []
    for position, person in enumerate(wanted):
        slot = kept.pop(person.pk, None)
        if slot is None:
            _slot(change, position, person).save()
            numbers["added"] += 1
        elif slot.position != position:
            Slot.objects.filter(pk=slot.pk).update(position=position)
            numbers["changed"] += 1
    for slot in kept.values():
        try:
            with transaction.atomic():
                slot.delete()
            numbers["removed"] += 1
        except ProtectedError:
            said = _("%(name)s is not in the file any more, but a text hangs on the speech: it stays.")
            change.line.notes.append(said % {"name": slot.speaker.name})
    audit.record(by=by, action="sessions.slots", target=change.session, summit=change.session.summit, detail=numbers)
