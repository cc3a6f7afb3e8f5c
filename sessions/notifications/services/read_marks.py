"""Services for read marks, which record the agenda changes that a person has seen (sessions.notifications.models)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from sessions.draft.models.sessions import Session
from sessions.notifications.models import AgendaReadMark
from summit.people.models import Person


@dataclass(frozen=True)
class Seen:
    """The numbers of the last releases of which a person has seen the changes.

    `everything` is the number for the whole agenda. `sessions` is a dict from session primary key to the number.
    """

    everything: int = 0
    sessions: Mapping[int, int] = field(default_factory=dict)

    def has(self, number: int, session_id: int) -> bool:
        """Return whether the person has seen the changes of release `number` in a session."""
        return number <= max(self.everything, self.sessions.get(session_id, 0))


def seen(person: Person) -> Seen:
    """Return the numbers of the releases up to which a person has seen the changes. Makes one query."""
    rows = list(AgendaReadMark.objects.filter(person=person).values_list("session_id", "number"))
    agenda_number = next((number for session_id, number in rows if session_id is None), 0)
    return Seen(agenda_number, {session_id: number for session_id, number in rows if session_id is not None})


def record(*, person: Person, number: int, session: Session | None = None) -> None:
    """Record that a person has seen the changes up to a release, of a session or of the whole agenda.

    Marks never go back, so concurrent requests and pages opened earlier do no harm.
    """
    rows = AgendaReadMark.objects.filter(person=person, session=session)
    moment = timezone.now()
    known = rows.values_list("number", flat=True).first()
    if known is None:
        row = AgendaReadMark(person=person, session=session, number=number, looked_at=moment)
        AgendaReadMark.objects.bulk_create([row], ignore_conflicts=True)
    if known is None or known < number:
        rows.filter(number__lt=number).update(number=number, looked_at=moment)
