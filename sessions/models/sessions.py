"""The working draft of the agenda: sessions, who takes part, and the speeches in them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.models import Party
from summit.models import Person, Room, Summit
from summit.models.fields import PublicModel
from summit.models.validators import validate_printable


class SessionKind(models.TextChoices):
    """What kind of meeting a session is."""

    ARRIVALS = "arrivals", _("arrivals")
    PLENARY = "plenary", _("plenary")
    WORKING_SESSION = "working_session", _("working session")
    ROUNDTABLE = "roundtable", _("roundtable")
    WORKING_LUNCH = "working_lunch", _("working lunch")
    BILATERAL = "bilateral", _("bilateral meeting")
    SIGNING = "signing", _("signing")
    PRESS_CONFERENCE = "press_conference", _("press conference")
    DOORSTEP = "doorstep", _("doorstep")
    RECEPTION = "reception", _("reception")
    FAMILY_PHOTO = "family_photo", _("family photo")
    BREAK = "break", _("break")
    INTERNAL = "internal", _("internal")


class Visibility(models.TextChoices):
    """Who may know of a session."""

    PUBLIC = "public", _("everybody")
    ACCREDITED = "accredited", _("all delegations")
    PARTICIPANTS = "participants", _("those who take part")
    ORGANISERS = "organisers", _("organisers only")


def calendar_uid(public_id: str) -> str:
    """Return the UID (RFC 5545, 3.8.4.7) of a session by its public id: the same for ever."""
    return f"{public_id}@summit"


def refuse_others(summit_id: int | None, **rows: tuple[int | None, type[models.Model], str]) -> None:
    """Refuse rows of another summit than `summit_id`: by field, the row's key, its model and the path to its summit.
    Raises ValidationError."""
    wrong = {
        field: _("This belongs to another summit. Choose one of this summit.")
        for field, (key, model, path) in rows.items()
        if key is not None
        and summit_id is not None
        and not model._default_manager.filter(**{"pk": key, path: summit_id}).exists()
    }
    if wrong:
        raise ValidationError(wrong)


class Session(PublicModel):
    """One entry of the working draft. What delegates and the public see are its releases.

    The public id is the session's identity for ever: calendars know it by its UID.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="sessions", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=SessionKind, default=SessionKind.WORKING_SESSION)
    title = models.CharField(_("title"), max_length=200, validators=[validate_printable])
    summary = models.TextField(_("summary"), blank=True, validators=[validate_printable])
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    room = models.ForeignKey(
        Room,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=pgettext_lazy("label", "room"),
    )
    visibility = models.CharField(_("visible to"), max_length=20, choices=Visibility, default=Visibility.PARTICIPANTS)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "ends_at", "id"]
        constraints = [
            models.CheckConstraint(name="session_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="session_kind_known", condition=Q(kind__in=SessionKind.values)),
            models.CheckConstraint(name="session_visibility_known", condition=Q(visibility__in=Visibility.values)),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a room of another summit."""
        refuse_others(self.summit_id, room=(self.room_id, Room, "venue__summit"))

    @property
    def uid(self) -> str:
        """The UID by which calendars know the session."""
        return calendar_uid(self.public_id)


class ParticipantRole(models.TextChoices):
    """What somebody does in a session."""

    CHAIR = "chair", _("chair")
    MODERATOR = "moderator", _("moderator")
    PARTICIPANT = "participant", _("participant")


class Participant(models.Model):
    """A party or a person takes part in a session."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="participants", verbose_name=pgettext_lazy("label", "session")
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "party"),
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "person"),
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
                name="participant_party_or_person",
                condition=Q(party__isnull=False, person__isnull=True) | Q(party__isnull=True, person__isnull=False),
                violation_error_message=_("Choose a party or a person: one of the two, not both."),
            ),
            models.UniqueConstraint(
                fields=["session", "party"],
                name="participant_party_once",
                condition=Q(party__isnull=False),
                violation_error_message=_("This party takes part in the session already. Change that row."),
            ),
            models.UniqueConstraint(
                fields=["session", "person"],
                name="participant_person_once",
                condition=Q(person__isnull=False),
                violation_error_message=_("This person takes part in the session already. Change that row."),
            ),
            models.CheckConstraint(name="participant_role_known", condition=Q(role__in=ParticipantRole.values)),
        ]

    def __str__(self) -> str:
        return str(self.party or self.person)

    def clean(self) -> None:
        """Refuse who belongs to another summit."""
        refuse_others(
            self.session.summit_id, party=(self.party_id, Party, "summit"), person=(self.person_id, Person, "summit")
        )


class Slot(PublicModel):
    """A speech in a session. It has an identity of its own, since a transcript hangs on it."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="slots", verbose_name=pgettext_lazy("label", "session")
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="slots",
        verbose_name=pgettext_lazy("label", "party"),
    )
    speaker = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="slots", verbose_name=pgettext_lazy("label", "speaker")
    )
    title = models.CharField(_("title"), max_length=200, blank=True, validators=[validate_printable])
    position = models.PositiveIntegerField(_("order"), default=0)
    minutes = models.PositiveIntegerField(_("minutes"), default=5)

    class Meta:
        verbose_name = _("speech")
        verbose_name_plural = _("speeches")
        ordering = ["session", "position", "id"]
        constraints = [models.CheckConstraint(name="slot_has_minutes", condition=Q(minutes__gt=0))]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.title}" if self.title else str(self.speaker)

    def clean(self) -> None:
        """Refuse who belongs to another summit, and a speech of no time."""
        if self.minutes == 0:
            raise ValidationError({"minutes": _("Give at least one minute.")})
        refuse_others(
            self.session.summit_id,
            party=(self.party_id, Party, "summit"),
            speaker=(self.speaker_id, Person, "summit"),
        )
