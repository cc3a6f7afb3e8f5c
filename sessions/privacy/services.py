"""The agenda's personal data: its disclosure to the person concerned, and its erasure.

Released data limits what can be erased.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sessions.agenda.models.releases import ReleasedParticipant
from sessions.calendars.models import CalendarFeed
from sessions.draft.models.participants import FloorRequest, Participant, Slot
from sessions.draft.models.signups import SignUp
from sessions.notifications.models import AgendaReadMark
from sessions.presence.models import PresenceMark, Representation, ToldByTelephone
from summit.people.models import Person
from summit.privacy.registry import Portion, Subject, erased_name, portion, stands_in_public


@stands_in_public(10)
def in_agenda(person: Person) -> bool:
    """Return whether a person is named as speaker or participant. If so, their office is not erased."""
    kinds = (
        Slot.every.filter(speaker=person),
        Participant.objects.filter(person=person),
        ReleasedParticipant.objects.filter(person=person),
    )
    return any(rows.exists() for rows in kinds)


def _released(subject: Subject) -> QuerySet[ReleasedParticipant]:
    return ReleasedParticipant.objects.filter(person=subject.person).order_by("pk")


def _erase_released(subject: Subject) -> int:
    """Replace the person's name in released rows by the office, and return the number of rows.

    A trigger rejects updates of released rows, so they are deleted and inserted again.
    """
    rows = list(_released(subject))
    ReleasedParticipant.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        row.label = subject.person.office or erased_name(subject.summit)
    ReleasedParticipant.objects.bulk_create(rows)
    return len(rows)


portion(50)(
    Portion(
        name="released_places",
        title=_("Names in released agendas"),
        model=ReleasedParticipant,
        keys=("person",),
        rows=_released,
        erase=_erase_released,
        gone=_("The office held replaces the name."),
        stays=_("The office and the attendance, because the summit has released them."),
        columns=("role", "label", "party_label", "title", "minutes", "released_session"),
    )
)
portion(51)(
    Portion(
        name="places",
        title=_("Names in the draft agenda"),
        model=Participant,
        keys=("person",),
        rows=lambda subject: Participant.objects.filter(person=subject.person),
        stays=_("They identify the person only by an ID."),
        columns=("session", "role"),
        desks=True,
    )
)
portion(52)(
    Portion(
        name="speeches",
        title=_("Speeches"),
        model=Slot,
        keys=("speaker",),
        rows=lambda subject: Slot.every.filter(speaker=subject.person),
        stays=_("They identify the person only by an ID. Published texts stay; the press office can withdraw them."),
        columns=("session", "title", "minutes", "party"),
        desks=True,
    )
)
portion(53)(
    Portion(
        name="floor_requests",
        title=_("Requests to speak"),
        model=FloorRequest,
        keys=("speaker",),
        rows=lambda subject: FloorRequest.objects.filter(speaker=subject.person),
        stays=_("They identify the person only by an ID."),
        columns=("session", "party", "state", "minutes"),
    )
)
portion(54)(
    Portion(
        name="sign_ups",
        title=_("Sign-ups for sessions"),
        model=SignUp,
        keys=("person",),
        rows=lambda subject: SignUp.objects.filter(person=subject.person),
        erase=lambda subject: SignUp.objects.filter(person=subject.person).delete()[0],
        gone=_("Deleted."),
        columns=("session", "state", "signed_up_at", "moved_up_at"),
    )
)
portion(55)(
    Portion(
        name="agenda_read_marks",
        title=_("Agenda changes viewed"),
        model=AgendaReadMark,
        keys=("person",),
        rows=lambda subject: AgendaReadMark.objects.filter(person=subject.person),
        erase=lambda subject: AgendaReadMark.objects.filter(person=subject.person).delete()[0],
        gone=_("Deleted."),
        columns=("session", "number", "looked_at"),
    )
)
portion(56)(
    Portion(
        name="private_calendars",
        title=_("Private calendar addresses"),
        model=CalendarFeed,
        keys=("person", "holder"),
        rows=lambda subject: CalendarFeed.objects.filter(Q(person=subject.person) | Q(holder=subject.person)),
        erase=lambda subject: CalendarFeed.objects.filter(
            Q(person=subject.person) | Q(holder=subject.person)
        ).delete()[0],
        gone=_("Deleted."),
        columns=("mailbox", "alarms", "created_at", "read_at", "ended_at"),
    )
)
portion(57)(
    Portion(
        name="presence",
        title=_("Presence on the day"),
        model=PresenceMark,
        keys=("person",),
        rows=lambda subject: PresenceMark.objects.filter(person=subject.person),
        erase=lambda subject: PresenceMark.objects.filter(person=subject.person).delete()[0],
        gone=_("Deleted."),
        columns=("place", "session", "day", "at", "taken_back_at"),
    )
)
portion(58)(
    Portion(
        name="representations",
        title=_("Representation of a delegation in a session"),
        model=Representation,
        keys=("person",),
        rows=lambda subject: Representation.objects.filter(person=subject.person),
        erase=lambda subject: Representation.objects.filter(person=subject.person).delete()[0],
        gone=_("Deleted."),
        columns=("session", "party", "at", "taken_back_at"),
    )
)
portion(59)(
    Portion(
        name="told_by_telephone",
        title=_("Changes told by telephone"),
        model=ToldByTelephone,
        keys=("person",),
        rows=lambda subject: ToldByTelephone.objects.filter(person=subject.person),
        erase=lambda subject: ToldByTelephone.objects.filter(person=subject.person).delete()[0],
        gone=_("Deleted."),
        columns=("session", "at", "taken_back_at"),
    )
)
