"""What somebody has seen already of the agenda's changes, kept by person (sessions.notifications.models)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from sessions.draft.models.sessions import Session
from sessions.notifications.models import AgendaReadMark
from summit.people.models import Person


@dataclass(frozen=True)
class Seen:
    """Up to which release somebody has seen what changed: of everything, and of sessions by primary key."""

    everything: int = 0
    sessions: Mapping[int, int] = field(default_factory=dict)

    def has(self, number: int, session_id: int) -> bool:
        """Return whether they have seen what a release changed of a session."""
        return number <= max(self.everything, self.sessions.get(session_id, 0))


def seen(person: Person) -> Seen:
    """Return what a person has seen. One query."""
    rows = list(AgendaReadMark.objects.filter(person=person).values_list("session_id", "number"))
    everything = next((number for session_id, number in rows if session_id is None), 0)
    return Seen(everything, {session_id: number for session_id, number in rows if session_id is not None})


def look(*, person: Person, number: int, session: Session | None = None) -> None:
    """Note that a person has seen what changed up to a release, of a session or of everything. Two who note it at
    once, and a page that was opened earlier, take nothing back."""
    rows = AgendaReadMark.objects.filter(person=person, session=session)
    moment = timezone.now()
    known = rows.values_list("number", flat=True).first()
    if known is None:
        row = AgendaReadMark(person=person, session=session, number=number, looked_at=moment)
        AgendaReadMark.objects.bulk_create([row], ignore_conflicts=True)
    if known is None or known < number:
        rows.filter(number__lt=number).update(number=number, looked_at=moment)
