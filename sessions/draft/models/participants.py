"""Participants and speeches of sessions in the draft."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.members.models.categories import Category
from delegations.parties.models.parties import Party
from sessions.draft.models.sessions import Session, refuse_others
from summit.core.models import PublicModel
from summit.core.personal_data import BY_KEY, DataSubject, ProcessingActivity, personal
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.users.models import User


class ParticipantRole(models.TextChoices):
    """The role of a participant in a session."""

    CHAIR = "chair", _("chair")
    MODERATOR = "moderator", _("moderator")
    PARTICIPANT = "participant", _("participant")
    INTERPRETER = "interpreter", _("interpreter")


class Attendance(models.TextChoices):
    """The level at which a party takes part: its head, and the number of people with the head.

    An empty level means the whole delegation.
    """

    HEAD = "head", _("head only")
    HEAD_1 = "head1", _("head +1")
    HEAD_2 = "head2", _("head +2")


# The number of seats of a party at each level.
SEATS = {Attendance.HEAD.value: 1, Attendance.HEAD_1.value: 2, Attendance.HEAD_2.value: 3}


AGENDA_PARTICIPANTS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To plan who attends which session."),
    view="agenda.participant.view",
    change="agenda.participant.change",
    stays=BY_KEY,
    logged=False,
)


class Participant(models.Model):
    """A participant of a session: a party, a person, or all people of a category."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="participants", verbose_name=pgettext_lazy("label", "session")
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    level = models.CharField(
        pgettext_lazy("attendance", "level"),
        max_length=10,
        choices=Attendance,
        blank=True,
        help_text=_("For delegations. Leave blank for the whole delegation."),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, AGENDA_PARTICIPANTS)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    role = models.CharField(
        pgettext_lazy("label", "role"), max_length=20, choices=ParticipantRole, default=ParticipantRole.PARTICIPANT
    )
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["session", "position", "id"]
        constraints = [
            models.CheckConstraint(
                name="participant_of_one_sort",
                condition=Q(party__isnull=False, person__isnull=True, category__isnull=True)
                | Q(party__isnull=True, person__isnull=False, category__isnull=True)
                | Q(party__isnull=True, person__isnull=True, category__isnull=False),
                violation_error_message=_("Choose one of: a delegation, a person or a category."),
            ),
            models.CheckConstraint(
                name="participant_level_of_party",
                condition=Q(level="") | Q(party__isnull=False, level__in=Attendance.values),
                violation_error_message=_("Only delegations have a level. Leave the level blank."),
            ),
            models.CheckConstraint(
                name="participant_category_only_takes_part",
                condition=Q(category__isnull=True) | Q(role="participant"),
                violation_error_message=_(
                    "A category can only participate. Choose a person to chair, moderate or interpret."
                ),
            ),
            models.UniqueConstraint(
                fields=["session", "party"],
                name="participant_party_once",
                condition=Q(party__isnull=False),
                violation_error_message=_("This delegation is already in the session. Change that row."),
            ),
            models.UniqueConstraint(
                fields=["session", "person"],
                name="participant_person_once",
                condition=Q(person__isnull=False),
                violation_error_message=_("This person is already in the session. Change that row."),
            ),
            models.UniqueConstraint(
                fields=["session", "category"],
                name="participant_category_once",
                condition=Q(category__isnull=False),
                violation_error_message=_("This category is already in the session. Change that row."),
            ),
            models.CheckConstraint(name="participant_role_known", condition=Q(role__in=ParticipantRole.values)),
        ]

    def __str__(self) -> str:
        return str(self.party or self.person or self.category)

    def clean(self) -> None:
        """Reject a party, person or category of another summit."""
        refuse_others(
            self.session.summit_id,
            party=(self.party_id, Party, "summit"),
            person=(self.person_id, Person, "summit"),
            category=(self.category_id, Category, "summit"),
        )


class SlotManager(models.Manager["Slot"]):
    """Manager of the speeches that haven't been cancelled."""

    def get_queryset(self) -> "models.QuerySet[Slot]":
        """Return the speeches that haven't been cancelled."""
        return super().get_queryset().filter(cancelled_at=None)


SPEECHES = ProcessingActivity(
    subjects=DataSubject.SPEAKERS,
    purpose=_("To plan speakers and their times."),
    view="agenda.slot.view",
    change="agenda.slot.change",
    stays=BY_KEY,
    logged=False,
)


class Slot(PublicModel):
    """A speech in a session. It has a public id of its own, because a transcript refers to it.

    A speech that other objects refer to is cancelled instead of deleted: `cancelled_at` is set, and the speech is no
    longer on any list or in new releases. `Slot.every` includes cancelled speeches.
    """

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="slots", verbose_name=pgettext_lazy("label", "session")
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="slots",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    speaker = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="slots", verbose_name=pgettext_lazy("label", "speaker")
    )
    personal(speaker, SPEECHES)
    title = models.CharField(_("title"), max_length=200, blank=True, validators=[validate_printable])
    position = models.PositiveIntegerField(_("order"), default=0)
    minutes = models.PositiveIntegerField(_("minutes"), default=5)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)

    objects = SlotManager()
    every = models.Manager["Slot"]()

    class Meta:
        verbose_name = _("speech")
        verbose_name_plural = _("speeches")
        # With this manager, related objects find cancelled speeches too, and deleting a session deletes them.
        base_manager_name = "every"
        ordering = ["session", "position", "id"]
        constraints = [models.CheckConstraint(name="slot_has_minutes", condition=Q(minutes__gt=0))]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.title}" if self.title else str(self.speaker)

    def clean(self) -> None:
        """Reject a party or speaker of another summit, and a speech of zero minutes."""
        if self.minutes == 0:
            raise ValidationError({"minutes": _("Enter at least one minute.")})
        refuse_others(
            self.session.summit_id,
            party=(self.party_id, Party, "summit"),
            speaker=(self.speaker_id, Person, "summit"),
        )


class RequestState(models.TextChoices):
    """The state of a party's request for the floor."""

    ASKED = "asked", _("requested")
    GRANTED = "granted", _("granted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


FLOOR_REQUESTS = ProcessingActivity(
    subjects=DataSubject.SPEAKERS,
    purpose=_("To decide who speaks."),
    view="agenda.floorrequest.view",
    change="agenda.ask_floor",
    stays=BY_KEY,
    logged=False,
)


class FloorRequest(PublicModel):
    """A party's request for the floor in a session. When it is granted, it becomes a speech."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="requests", verbose_name=pgettext_lazy("label", "session")
    )
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "delegation")
    )
    speaker = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "speaker")
    )
    personal(speaker, FLOOR_REQUESTS)
    subject = models.CharField(
        pgettext_lazy("speech", "subject"), max_length=200, blank=True, validators=[validate_printable]
    )
    minutes = models.PositiveIntegerField(_("minutes"), default=5)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.ASKED)
    asked_at = models.DateTimeField(_("requested"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, validators=[validate_printable])
    slot = models.OneToOneField(
        Slot, on_delete=models.SET_NULL, null=True, blank=True, related_name="request", verbose_name=_("speech")
    )

    class Meta:
        verbose_name = _("request to speak")
        verbose_name_plural = _("requests to speak")
        ordering = ["session", "asked_at", "id"]
        constraints = [
            models.CheckConstraint(name="floor_request_state_known", condition=Q(state__in=RequestState.values)),
            models.CheckConstraint(
                name="floor_request_has_minutes",
                condition=Q(minutes__gt=0),
                violation_error_message=_("Enter at least one minute."),
            ),
            models.UniqueConstraint(
                fields=["session", "party"],
                name="floor_request_open_once",
                condition=Q(state="asked"),
                violation_error_message=_("The delegation has already asked to speak in this session."),
            ),
            models.CheckConstraint(
                name="floor_request_decided_by_somebody",
                condition=~Q(state__in=["granted", "declined"]) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="floor_request_declined_says_why", condition=~Q(state="declined") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.session}"
