"""Who was seen where, who represents a delegation in a session, and who was told of a change by telephone.

Nothing here is ever overwritten: what was wrong is taken back, with who did that and when.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import Release
from sessions.draft.models.sessions import Session
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


class Place(models.TextChoices):
    """Where somebody was seen: in the country, at the door of the venue, or in the room of a session."""

    LANDED = "landed", pgettext_lazy("presence", "landed")
    DOOR = "door", pgettext_lazy("presence", "at the door")
    ROOM = "room", pgettext_lazy("presence", "in the room")


PRESENCE = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To know on the day who has arrived."),
    view="agenda.presencemark.view",
    change="agenda.run_day",
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)
REPRESENTATION = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To know who represents a delegation in a session."),
    view="agenda.representation.view",
    change="agenda.run_day",
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)
CALLS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To know who has been told of a change by telephone."),
    view="agenda.toldbytelephone.view",
    change="agenda.run_day",
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)
TAKEN_BACK_WHOLE = Q(taken_back_at__isnull=True, taken_back_by__isnull=True) | Q(
    taken_back_at__isnull=False, taken_back_by__isnull=False
)


class Record(PublicModel):
    """Something that a member of the team recorded, and may have taken back since."""

    at = models.DateTimeField(_("date and time"), db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    taken_back_at = models.DateTimeField(_("taken back on"), null=True, blank=True)
    taken_back_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken back by")
    )

    class Meta:
        abstract = True


class PresenceMark(Record):
    """A tick: a member of a delegation was seen at a place. Without a tick nothing is known.

    `day` is the day at the venue: a tick at the door counts on that day alone. Only a tick in a room has a session.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "delegation")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "person")
    )
    personal(person, PRESENCE)
    place = models.CharField(pgettext_lazy("presence", "place"), max_length=10, choices=Place)
    session = models.ForeignKey(
        Session,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "session"),
    )
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presence")
        ordering = ["summit", "-at", "-id"]
        constraints = [
            models.CheckConstraint(name="presence_place_known", condition=Q(place__in=Place.values)),
            models.CheckConstraint(
                name="presence_room_of_session",
                condition=Q(place=Place.ROOM, session__isnull=False)
                | (~Q(place=Place.ROOM) & Q(session__isnull=True)),
            ),
            models.CheckConstraint(name="presence_taken_back_whole", condition=TAKEN_BACK_WHOLE),
            models.UniqueConstraint(
                fields=["person"],
                name="presence_landed_once",
                condition=Q(place=Place.LANDED, taken_back_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["person", "day"],
                name="presence_door_once_a_day",
                condition=Q(place=Place.DOOR, taken_back_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["person", "session"],
                name="presence_room_once",
                condition=Q(place=Place.ROOM, taken_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_place_display()}"


class Representation(Record):
    """Who represents a delegation in one session: a member, or the head once more. The head stays the head.

    Without such a row the head does.
    """

    session = models.ForeignKey(
        Session,
        on_delete=models.CASCADE,
        related_name="representations",
        verbose_name=pgettext_lazy("label", "session"),
    )
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "delegation")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "person")
    )
    personal(person, REPRESENTATION)

    class Meta:
        verbose_name = _("representation")
        verbose_name_plural = _("representations")
        ordering = ["session", "party", "-id"]
        constraints = [
            # Nobody ends the representation by a person who leaves the delegation by the letter's link.
            models.CheckConstraint(
                name="representation_taken_back_at",
                condition=Q(taken_back_at__isnull=False) | Q(taken_back_by__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["session", "party"],
                name="representation_once",
                condition=Q(taken_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.person}"


class ToldByTelephone(Record):
    """A delegation, or a person without one, was told by telephone how a release changed a session."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "session")
    )
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="+", verbose_name=_("release"))
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, CALLS)

    class Meta:
        verbose_name = _("telephone message")
        verbose_name_plural = _("telephone messages")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="told_party_or_person",
                condition=Q(party__isnull=False, person__isnull=True) | Q(party__isnull=True, person__isnull=False),
            ),
            models.CheckConstraint(name="told_taken_back_whole", condition=TAKEN_BACK_WHOLE),
            models.UniqueConstraint(
                fields=["session", "release", "party"],
                name="told_party_once",
                condition=Q(party__isnull=False, taken_back_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["session", "release", "person"],
                name="told_person_once",
                condition=Q(person__isnull=False, taken_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party or self.person}: {self.session}"
