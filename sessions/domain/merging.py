"""Two people who are one become one in the agenda. What was released stays as it was released."""

from delegations.domain.merging import moves
from sessions.models import Participant, Slot
from summit.models import Person


@moves(40)
def speeches(kept: Person, gone: Person) -> int:
    """Let who stays hold the other's speeches."""
    return Slot.objects.filter(speaker=gone).update(speaker=kept)


@moves(41)
def participants(kept: Person, gone: Person) -> int:
    """Let who stays take part where either does, once in a session."""
    own = Participant.objects.filter(person=kept).values("session")
    Participant.objects.filter(person=gone, session__in=own).delete()
    return Participant.objects.filter(person=gone).update(person=kept)
