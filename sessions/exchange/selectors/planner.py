"""The plan of a schedule import into a summit's draft. New rooms, people and sessions are created but not saved."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from sessions.draft.models.kinds import CustomKind, SessionKind
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.exchange.selectors.frab import guid
from sessions.exchange.selectors.kinds import Kinds
from sessions.exchange.selectors.parsers import Event, Schedule
from sessions.visibility.models import PARTS
from summit.core.date_formats import clock, short_day
from summit.core.languages import language_name
from summit.core.models import ALPHABET, PUBLIC_ID_LENGTH
from summit.core.text_normalisation import fold
from summit.imports.report import ImportReport, Outcome, ReportLine
from summit.people.models import Person
from summit.summits.models import Room, Summit, Venue

LONGEST_TITLE = 200
LONGEST_ROOM = 120
# The fields of a session that a file sets.
FIELDS = ("title", "summary", "kind", "custom_kind", "starts_at", "ends_at", "room", "carried")


@dataclass
class PlannedChange:
    """A session that an import creates or changes, with its speeches.

    `speakers` are the new speakers in their order, or None if they are unchanged. `slots` are the existing speeches,
    `minutes` the length of each new speech.
    """

    session: Session
    line: ReportLine
    fields: list[str]
    new: bool
    language: str = ""
    speakers: list[Person] | None = None
    slots: list[Slot] = field(default_factory=list)
    minutes: int = 0


def identity(summit: Summit, key: str) -> str:
    """Return the public id of the session that is created from an event with the guid `key`.

    The id is the same in every import.
    """
    digest = hashlib.sha256(f"{summit.public_id}:{key}".encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:PUBLIC_ID_LENGTH])


class Planner:
    """Compares a schedule with a draft. Makes six queries for any number of events."""

    def __init__(self, summit: Summit, schedule: Schedule, *, visibility: str, may_add: bool) -> None:
        self.summit, self.schedule = summit, schedule
        self.visibility, self.may_add = visibility, may_add
        self.report = ImportReport()
        self.changes: list[PlannedChange] = []
        self.venue: Venue | None = None
        self.new_rooms: list[Room] = []
        self.new_people: list[Person] = []
        self._kinds = Kinds(summit)
        rows = (
            Session.objects.filter(summit=summit)
            .select_related("room", "custom_kind")
            .prefetch_related("slots__speaker", "texts")
        )
        self._sessions = {row.public_id: row for row in rows}
        self._ours = {str(guid("session", key)): key for key in self._sessions}
        self._rooms: dict[str, Room] = {}
        for room in Room.objects.filter(venue__summit=summit).order_by("venue_id", "position", "pk"):
            self._rooms.setdefault(fold(room.name), room)
        self._people: dict[str, list[Person]] = {}
        for person in Person.objects.filter(summit=summit, erased_at=None).exclude(name=""):
            self._people.setdefault(fold(person.name), []).append(person)
        self._read: dict[str, int] = {}

    def plan(self) -> "Planner":
        """Plan each event, and return the planner itself."""
        for event in self.schedule.events:
            line = ReportLine(event.number, name=event.title)
            self.report.lines.append(line)
            try:
                self._one(event, line)
            except ValidationError as problem:
                line.outcome, line.notes = Outcome.REFUSED.value, [" ".join(problem.messages)]
        self.report.facts = {
            "rooms": [room.name for room in self.new_rooms],
            "people": len(self.new_people),
            "left": dict(sorted(self.schedule.left.items())),
            "joined": sum(event.joined for event in self.schedule.events),
        }
        return self

    def _one(self, event: Event, line: ReportLine) -> None:
        if event.problem:
            raise ValidationError(event.problem)
        if event.guid in self._read:
            message = _("Event %(number)d in the file has the same guid. Give each event its own.")
            raise ValidationError(message % {"number": self._read[event.guid]})
        self._read[event.guid] = event.number
        line.notes += event.notes
        own_key = self._ours.get(event.guid)
        key = own_key or identity(self.summit, event.guid)
        existing = self._sessions.get(key)
        session = existing or Session(summit=self.summit, public_id=key, visibility=self.visibility)
        _check_importable(session)
        values = self._values(event, line)
        if existing is not None and existing.room_id and values["room"] is None:
            # A missing room doesn't clear the room, since our own files leave out what readers may not know.
            values["room"] = existing.room
        if existing is not None and self.schedule.ours:
            # Our own files also have links to texts and documents, which mustn't be imported as carried values.
            values["carried"] = existing.carried
        changed = [name for name in FIELDS if existing is None or getattr(existing, name) != values[name]]
        if existing is not None and existing.pinned and {"starts_at", "ends_at", "room"} & set(changed):
            raise ValidationError(
                _("The session is pinned, so its time and room stay. Unpin it, then import the file again.")
            )
        # Old and new values in words. The summary is left out since it is long.
        described = [name for name in ("title", "kind", "starts_at", "ends_at", "room") if existing is not None]
        old_values = [self._told(session, name) for name in described]
        for name in changed:
            setattr(session, name, values[name])
        for name, old in zip(described, old_values, strict=True):
            if old != (new := self._told(session, name)):
                line.changes.append([str(label_for_field(name, Session)), old, new])
        session.clean_fields(exclude=["summit", "room", "custom_kind"])
        change = PlannedChange(
            session, line, changed, new=existing is None, language=self._language(event, session, line)
        )
        if own_key is None:
            self._speakers(event, change)
        self._settle(change)

    def _told(self, session: Session, name: str) -> str:
        """Return a field of a session as the report shows it, with times in the venue's time zone."""
        value = getattr(session, name)
        if name == "kind":
            return str(session.custom_kind or session.get_kind_display())
        if isinstance(value, datetime):
            local = value.astimezone(self.summit.zone)
            return f"{short_day(local)}, {clock(local)}"
        return value.name if isinstance(value, Room) else str(value or "–")

    def _settle(self, change: PlannedChange) -> None:
        labels = [
            _("values kept for export") if name == "carried" else str(label_for_field(name, Session))
            for name in change.fields
        ]
        labels += [_("speakers")] if change.speakers is not None else []
        labels += [_("languages")] if change.language else []
        if change.new:
            change.line.outcome = Outcome.NEW.value
        elif labels:
            change.line.outcome, change.line.fields = Outcome.CHANGED.value, list(dict.fromkeys(labels))
        if change.new or labels:
            self.changes.append(change)

    def _values(self, event: Event, line: ReportLine) -> dict[str, Any]:
        title, summary = event.title, event.summary
        if len(title) > LONGEST_TITLE:
            title, summary = f"{title[: LONGEST_TITLE - 1]}…", "\n\n".join(filter(None, (title, summary)))
            line.notes.append(_("The title is too long. It is shortened here and kept in full in the summary."))
        kind = self._kinds.find(event.kind) if event.kind else None
        if kind is None:
            kind = (SessionKind.WORKING_SESSION.value, None)
            if event.kind:
                message = _(
                    "“%(kind)s” is not a known session type, so this becomes a working session. To keep it, add "
                    "the type first."
                )
                line.notes.append(message % {"kind": event.kind})
        starts_at, ends_at = event.starts_at, event.ends_at
        if starts_at is None or ends_at is None:
            raise ValidationError(event.problem)
        day = starts_at.astimezone(self.summit.zone).date()
        if not self.summit.starts_on <= day <= self.summit.ends_on:
            line.notes.append(_("Outside the days of the summit."))
        return {
            "title": title,
            "summary": summary,
            "kind": kind[0],
            "custom_kind": kind[1],
            "starts_at": starts_at,
            "ends_at": ends_at,
            "room": self._room(event.room),
            "carried": _carried(event, *kind),
        }

    def _room(self, name: str) -> Room | None:
        if not name or fold(name) in _nowhere():
            return None
        name = name[:LONGEST_ROOM]
        if fold(name) not in self._rooms:
            if self.venue is None:
                first = Venue.objects.filter(summit=self.summit).order_by("pk").first()
                self.venue = first or Venue(summit=self.summit, name=self.summit.place)
            room = Room(venue=self.venue, name=name, position=len(self._rooms))
            room.clean_fields(exclude=["venue"])
            self._rooms[fold(name)] = room
            self.new_rooms.append(room)
        return self._rooms[fold(name)]

    def _language(self, event: Event, session: Session, line: ReportLine) -> str:
        """Return the language in which an event's text is to be added beside the summit's own, or "" if nothing is to
        be added."""
        known = dict(settings.LANGUAGES)
        code = event.language if event.language in known else event.language.split("-")[0]
        if not code or code == self.summit.language or code not in known:
            return ""
        own_text = (session.title, session.summary)
        stored_texts = session.texts.all() if session.pk else ()
        if any((text.language, text.title, text.summary) == (code, *own_text) for text in stored_texts):
            return ""
        message = _("The text is in %(language)s. Enter the title in the summit’s language.")
        line.notes.append(message % {"language": language_name(code)})
        return code

    def _speakers(self, event: Event, change: PlannedChange) -> None:
        speakers = _each_once(person for name in event.people if (person := self._person(name, change.line)))
        change.slots = (
            sorted(change.session.slots.all(), key=lambda slot: (slot.position, slot.pk)) if not change.new else []
        )
        # A file names a person once, however often they speak in the session.
        if _each_once(slot.speaker for slot in change.slots) != speakers:
            change.speakers = speakers
            length = (change.session.ends_at - change.session.starts_at).total_seconds() // 60
            change.minutes = max(1, int(length) // max(1, len(speakers)))

    def _person(self, name: str, line: ReportLine) -> Person | None:
        people = self._people.get(fold(name), [])
        if len(people) > 1:
            message = _("Several people are called %(name)s. Add the speech by hand.")
        elif people:
            return people[0]
        elif not self.may_add:
            message = _("%(name)s is not in the system. Ask protocol to add them, then import the file again.")
        else:
            person = Person(summit=self.summit, name=name, language=self.summit.language)
            person.clean_fields(exclude=["summit"])
            self._people[fold(name)] = [person]
            self.new_people.append(person)
            return person
        line.notes.append(message % {"name": name})
        return None


def _carried(event: Event, kind: str, own: CustomKind | None) -> list[list[str]] | None:
    """Return the rows of an event that are exported unchanged.

    The type is stored with the kind of the session, and is dropped if the kind changes later. A kind of the summit's
    own is exported by its name instead.
    """
    rows = [list(row) for row in event.carried if row[0] != "type"]
    types = [] if own is not None else [["type", row[1], kind] for row in event.carried if row[0] == "type"]
    return [*rows, *types] or None


def _each_once(people: Iterable[Person]) -> list[Person]:
    """Return the people without repetitions. New people have no key yet, so they can't be in a set."""
    found: list[Person] = []
    for person in people:
        if person not in found:
            found.append(person)
    return found


def _check_importable(session: Session) -> None:
    """Raise ValidationError if a session is cancelled or has hidden parts, because a schedule can't express these."""
    if session.cancelled_at is not None:
        raise ValidationError(_("The session is cancelled here. Reinstate it, then import the file again."))
    if any(getattr(session, f"{part}_to") for part in PARTS):
        raise ValidationError(
            _("Parts of this session have restricted visibility, which a schedule can’t express. Change it by hand.")
        )


@cache
def _nowhere() -> frozenset[str]:
    """Return the names that our own schedules use for a room to be announced, one in each language, normalised."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.add(fold(_("room to be announced")))
    return frozenset(found)
