"""The plan that restores sessions of a release in the working draft, with a constant number of queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import F, Model
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from delegations.members.models.members import FormerMember
from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.differences import SessionChange
from sessions.agenda.selectors.snapshots import ParticipantSnapshot, Snapshot
from sessions.documents.models import Document
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.services.add_and_remove_speeches import remove_slots
from sessions.draft.services.cancel_and_move import leave_rooms
from sessions.visibility.models import PARTS
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.summits.models import Room, Summit

_PLAIN = ("kind", "title", "summary", "starts_at", "ends_at", "visibility", "media", "capacity", "sign_up", "opening")
_FIELDS = [
    *_PLAIN,
    *(f"{part}_to" for part in PARTS),
    *(
        "room",
        "custom_kind",
        "carried",
        "cancelled_at",
        "cancellation_reason",
        "cancellation_reasons",
        "revision",
        "updated_at",
    ),
]


class Why(StrEnum):
    """The reason why something can't be restored."""

    ROOM = "room"
    KIND = "kind"
    PERSON = "person"
    SPEAKER = "speaker"


WORDS: dict[Why, Promise] = {
    Why.ROOM: gettext_lazy("the room no longer exists, so the session has none"),
    Why.KIND: gettext_lazy("the session type no longer exists, so the default type is used"),
    Why.PERSON: gettext_lazy("this person has left, so their place is not restored"),
    Why.SPEAKER: gettext_lazy("this person has left, so their speech is not restored"),
}


@dataclass(frozen=True)
class Loss:
    """Something that can't be restored: the title of the session, the name of the lost object, and the reason."""

    session: str
    name: str
    why: Why

    @property
    def words(self) -> str:
        """The reason and its consequence in words."""
        return str(WORDS[self.why])


@dataclass
class RestorePlan:
    """The rows that restore sessions. `cancelled` are the sessions that the release doesn't have."""

    cancelled: list[int] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    texts: list[SessionText] = field(default_factory=list)
    interpretation: list[Interpretation] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    new_slots: list[Slot] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    dropped_slots: list[int] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    def write(self) -> None:
        """Write the rows, in the caller's transaction."""
        cancelled = Session.objects.filter(pk__in=self.cancelled)
        cancelled.update(cancelled_at=Now(), revision=F("revision") + 1, updated_at=Now())
        leave_rooms(self.sessions)
        Session.objects.bulk_update(self.sessions, _FIELDS)
        session_keys = [row.pk for row in self.sessions]
        rows: list[tuple[type[Model], list[Any]]] = [
            (SessionText, self.texts),
            (Interpretation, self.interpretation),
            (Participant, self.participants),
        ]
        for model, objects in rows:
            model._default_manager.filter(session__in=session_keys).delete()
            model._default_manager.bulk_create(objects)
        remove_slots(self.dropped_slots)
        fields = ["session", "party", "speaker", "title", "position", "minutes", "cancelled_at"]
        Slot.every.bulk_update(self.slots, fields)
        Slot.objects.bulk_create(self.new_slots)
        Document.objects.bulk_update(self.documents, ["title", "position", "removed_at"])


class _ExistingObjects:
    """The existing objects that a release refers to."""

    def __init__(self, summit: Summit, states: list[Snapshot]) -> None:
        keys = [state.session_id for state in states]
        people = {place.person_id: None for state in states for place in state.places if place.person_id}
        self.sessions = Session.objects.in_bulk(keys)
        self.rooms = dict(Room.objects.filter(venue__summit=summit).values_list("public_id", "pk"))
        self.kinds = dict(CustomKind.objects.filter(summit=summit).values_list("name", "pk"))
        former = FormerMember.objects.filter(person__in=people).values("person")
        existing = Person.objects.filter(pk__in=people, erased_at=None)
        self.people = set(existing.exclude(pk__in=former, membership=None).values_list("pk", flat=True))
        self.slots = {slot.public_id: slot for slot in Slot.every.filter(session__in=keys)}
        self.documents = list(Document.objects.filter(session__in=keys).defer("content"))
        self.now = db_now()


def plan(summit: Summit, changes: Iterable[SessionChange]) -> RestorePlan:
    """Return the plan that restores the draft according to these changes. Makes seven queries at most."""
    new_plan = RestorePlan()
    states = []
    for change in changes:
        if change.after is None:
            new_plan.cancelled.append(change.session.session_id)
        else:
            states.append(change.after)
    known = _ExistingObjects(summit, states)
    for state in states:
        _session(new_plan, known, state)
        _add_texts_and_interpretation(new_plan, state)
        new_plan.participants += _participants(new_plan, known, state)
        _slots(new_plan, known, state)
        _documents(new_plan, known, state)
    return new_plan


def _session(new_plan: RestorePlan, known: _ExistingObjects, state: Snapshot) -> None:
    row = known.sessions[state.session_id]
    for name in _PLAIN:
        setattr(row, name, getattr(state, name))
    audiences = dict(state.audiences)
    for part in PARTS:
        setattr(row, f"{part}_to", audiences.get(part, ""))
    row.room_id = known.rooms.get(state.room_key)
    if state.room_key and row.room_id is None:
        new_plan.losses.append(Loss(state.title, state.where, Why.ROOM))
    kind = state.kind_names[0][1] if state.kind_names else ""
    row.custom_kind_id = known.kinds.get(kind)
    if kind and row.custom_kind_id is None:
        new_plan.losses.append(Loss(state.title, kind, Why.KIND))
    row.carried = [list(each) for each in state.carried] or None
    row.cancelled_at, row.cancellation_reason, row.cancellation_reasons = None, "", None
    row.updated_at = known.now
    row.revision += 1
    new_plan.sessions.append(row)


def _add_texts_and_interpretation(new_plan: RestorePlan, state: Snapshot) -> None:
    key = state.session_id
    new_plan.texts += [
        SessionText(session_id=key, language=language, title=title, summary=summary)
        for language, title, summary in state.texts
    ]
    new_plan.interpretation += [
        Interpretation(session_id=key, source=source, target=target, booth=booth)
        for source, target, booth in state.languages
    ]


def _participants(new_plan: RestorePlan, known: _ExistingObjects, state: Snapshot) -> Iterator[Participant]:
    others = [place for place in state.places if place.role != ReleasedRole.SPEAKER]
    for position, place in enumerate(others):
        if place.person_id and place.person_id not in known.people:
            new_plan.losses.append(Loss(state.title, place.label, Why.PERSON))
            continue
        yield Participant(
            session_id=state.session_id,
            party_id=place.party_id,
            person_id=place.person_id,
            category_id=place.category_id,
            level=place.level,
            role=place.role,
            position=position,
        )


def _slots(new_plan: RestorePlan, known: _ExistingObjects, state: Snapshot) -> None:
    """Plan the speeches of a session. Existing speeches keep their rows, and cancelled ones are restored."""
    speeches = state.by_role(ReleasedRole.SPEAKER)
    for position, place in enumerate(speeches):
        existing = known.slots.get(place.slot_key)
        if place.person_id not in known.people:
            new_plan.losses.append(Loss(state.title, place.label, Why.SPEAKER))
        elif existing is not None:
            new_plan.slots.append(_speech(existing, state, place, position))
        else:
            slot = Slot(public_id=place.slot_key)
            new_plan.new_slots.append(_speech(slot, state, place, position))
    slot_keys = {place.slot_key for place in speeches}
    for slot in known.slots.values():
        is_listed = slot.session_id == state.session_id and slot.cancelled_at is None
        if is_listed and slot.public_id not in slot_keys:
            new_plan.dropped_slots.append(slot.pk)


def _speech(slot: Slot, state: Snapshot, place: ParticipantSnapshot, position: int) -> Slot:
    assert place.person_id is not None  # noqa: S101 - somebody speaks
    slot.session_id, slot.party_id, slot.speaker_id = state.session_id, place.party_id, place.person_id
    slot.title, slot.minutes, slot.position, slot.cancelled_at = place.title, place.minutes or 1, position, None
    return slot


def _documents(new_plan: RestorePlan, known: _ExistingObjects, state: Snapshot) -> None:
    order = {key: (position, title) for position, (key, title, _language) in enumerate(state.documents)}
    for document in known.documents:
        if document.session_id == state.session_id:
            if document.public_id in order:
                document.position, document.title = order[document.public_id]
                document.removed_at = None
            elif document.removed_at is None:
                document.removed_at = known.now
            else:
                continue
            new_plan.documents.append(document)
