"""Merging two person records in the agenda. Released rows stay as they are."""

from django.db.models import Q

from delegations.membership_changes.services.merging import holds, moves
from sessions.calendars.models import CalendarFeed
from sessions.draft.models.participants import FloorRequest, Participant, Slot
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.draft.services.revisions import rise
from sessions.draft.speech_listeners import watching
from sessions.notifications.models import AgendaReadMark
from sessions.presence.services import merging
from sessions.signups.services import signups
from summit.audit.services import SYSTEM
from summit.people.models import Person


@holds(40)
def places(kept: Person, gone: Person) -> None:
    """Lock the sign-ups of the person who is merged away, so that nobody else takes or frees a place."""
    signups.lock_places_of(person=gone)


@moves(40)
def speeches(kept: Person, gone: Person) -> int:
    """Give the other person's speeches to the person who stays, and return their number."""
    rows = Slot.every.filter(speaker=gone)
    sessions = list(rows.values_list("session", flat=True))
    rise(*sessions)
    # The audit entry of the merge records its author.
    with watching(sessions=sessions, by=SYSTEM):
        return rows.update(speaker=kept)


@moves(41)
def participants(kept: Person, gone: Person) -> int:
    """Give the other person's places to the person who stays, at most one in each session. Return their number."""
    rise(*Participant.objects.filter(person=gone).values_list("session", flat=True))
    own = Participant.objects.filter(person=kept).values("session")
    Participant.objects.filter(person=gone, session__in=own).delete()
    return Participant.objects.filter(person=gone).update(person=kept)


@moves(42)
def requests(kept: Person, gone: Person) -> int:
    """Make the person who stays the speaker in the other person's requests for the floor. Return their number."""
    return FloorRequest.objects.filter(speaker=gone).update(speaker=kept)


@moves(43)
def sign_ups(kept: Person, gone: Person) -> int:
    """Give the other person's sign-ups to the person who stays, at most one for each session.

    The person who stays has a place if either person had one. If both had a place, one place becomes free and the
    next person on the waiting list moves up.
    """
    rows = SignUp.objects.filter(person=gone)
    with_place = rows.filter(state=SignUpState.PLACE).values("session")
    SignUp.objects.filter(person=kept, session__in=with_place).update(state=SignUpState.PLACE)
    own = SignUp.objects.filter(person=kept).values("session")
    shared = list(rows.filter(session__in=own).values_list("session", flat=True))
    rows.filter(session__in=shared).delete()
    number = rows.update(person=kept)
    signups.fill(summit=kept.summit, among=shared)
    return number


@moves(44)
def looks(kept: Person, gone: Person) -> int:
    """Delete the other person's read marks, and return their number.

    Changes that only the other person has seen are new to the person who stays.
    """
    return AgendaReadMark.objects.filter(person=gone).delete()[0]


@moves(45)
def feeds(kept: Person, gone: Person) -> int:
    """Delete the other person's private calendars, because they would show another programme than before the
    merge."""
    return CalendarFeed.objects.filter(Q(person=gone) | Q(holder=gone)).delete()[0]


@moves(46)
def presence(kept: Person, gone: Person) -> int:
    """Give the other person's presence, representations and telephone messages to the person who stays.

    Return their number.
    """
    return merging.give_to(kept=kept, gone=gone)
