"""Two people who are one become one in the agenda. What was released stays as it was released."""

from django.db.models import Q

from delegations.membership_changes.services.merging import holds, moves
from sessions.calendars.models import CalendarFeed
from sessions.draft.models.participants import FloorRequest, Participant, Slot
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from sessions.notifications.models import AgendaReadMark
from sessions.signups.services import signups
from summit.audit.services import SYSTEM
from summit.people.models import Person


@holds(40)
def places(kept: Person, gone: Person) -> None:
    """Let nobody else take or free a place in a session of the one who goes."""
    signups.hold(person=gone)


@moves(40)
def speeches(kept: Person, gone: Person) -> int:
    """Let who stays hold the other's speeches."""
    rows = Slot.every.filter(speaker=gone)
    sessions = list(rows.values_list("session", flat=True))
    rise(*sessions)
    # Who merged them is recorded with the merge.
    with watching(sessions=sessions, by=SYSTEM):
        return rows.update(speaker=kept)


@moves(41)
def participants(kept: Person, gone: Person) -> int:
    """Let who stays take part where either does, once in a session."""
    rise(*Participant.objects.filter(person=gone).values_list("session", flat=True))
    own = Participant.objects.filter(person=kept).values("session")
    Participant.objects.filter(person=gone, session__in=own).delete()
    return Participant.objects.filter(person=gone).update(person=kept)


@moves(42)
def requests(kept: Person, gone: Person) -> int:
    """Let who stays be named in the other's requests for the floor."""
    return FloorRequest.objects.filter(speaker=gone).update(speaker=kept)


@moves(43)
def sign_ups(kept: Person, gone: Person) -> int:
    """Let who stays be signed up where either is, once for a session, with a place where either has one. Of two
    places one becomes free: whoever waits moves up."""
    theirs = SignUp.objects.filter(person=gone)
    held = theirs.filter(state=SignUpState.PLACE).values("session")
    SignUp.objects.filter(person=kept, session__in=held).update(state=SignUpState.PLACE)
    own = SignUp.objects.filter(person=kept).values("session")
    twice = list(theirs.filter(session__in=own).values_list("session", flat=True))
    theirs.filter(session__in=twice).delete()
    number = theirs.update(person=kept)
    signups.fill(summit=kept.summit, among=twice)
    return number


@moves(44)
def looks(kept: Person, gone: Person) -> int:
    """Let who stays have seen what they have seen: what only the other looked at is new to them."""
    return AgendaReadMark.objects.filter(person=gone).delete()[0]


@moves(45)
def feeds(kept: Person, gone: Person) -> int:
    """End the other's private calendars: they would show another programme than that for which they were made."""
    return CalendarFeed.objects.filter(Q(person=gone) | Q(holder=gone)).delete()[0]
