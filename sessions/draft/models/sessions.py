"""Sessions of the working draft of the agenda."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.draft.models.kinds import CustomKind, SessionKind
from sessions.visibility.models import AS_THE_SESSION, PARTS, RANKS, Visibility, not_wider
from summit.core.models import PublicModel
from summit.core.validators import validate_printable, validate_text
from summit.summits.models import Room, Summit
from summit.summits.translated_names import note_in, validate_notes


class MediaAccess(models.TextChoices):
    """Which journalists may attend a session."""

    CLOSED = "closed", _("closed to the media")
    POOLED = "pooled", _("pooled media")
    OPEN = "open", _("open to the media")


# The default minutes of a speech.
USUAL_MINUTES = 5


def calendar_uid(public_id: str) -> str:
    """Return the UID (RFC 5545, 3.8.4.7) of a session from its public id. The UID never changes."""
    return f"{public_id}@summit"


def refuse_others(summit_id: int | None, **rows: tuple[int | None, type[models.Model], str]) -> None:
    """Raise ValidationError if one of the rows belongs to another summit than `summit_id`.

    Each keyword argument is a field name with the row's primary key, its model and the lookup path to its summit.
    """
    errors = {
        field: _("This belongs to another summit. Choose one from this summit.")
        for field, (key, model, path) in rows.items()
        if key is not None
        and summit_id is not None
        and not model._default_manager.filter(**{"pk": key, path: summit_id}).exists()
    }
    if errors:
        raise ValidationError(errors)


def _visibility_field(label: Any) -> "models.CharField[str, str]":
    """Return the visibility field of a part of a session. Empty means everybody who knows of the session."""
    return models.CharField(label, max_length=20, choices=Visibility, blank=True)


class Session(PublicModel):
    """A session of the working draft. Delegates and the public see its releases.

    The public id identifies the session for ever, and the UID in calendars is made from it. Title and summary are in
    the summit's language; `SessionText` has other languages. Durations are in minutes.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="sessions", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("type"), max_length=20, choices=SessionKind, default=SessionKind.WORKING_SESSION)
    custom_kind = models.ForeignKey(
        CustomKind,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("custom type"),
    )
    title = models.CharField(_("title"), max_length=200, validators=[validate_printable])
    summary = models.TextField(_("summary"), blank=True, validators=[validate_text])
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
    set_up = models.PositiveSmallIntegerField(
        _("set-up time"), default=0, help_text=_("Minutes the room is occupied before the start.")
    )
    clear_down = models.PositiveSmallIntegerField(
        _("clear-down time"), default=0, help_text=_("Minutes the room is occupied after the end.")
    )
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, help_text=_("Leave blank to use the seats of the room.")
    )
    media = models.CharField(_("media"), max_length=10, choices=MediaAccess, default=MediaAccess.CLOSED)
    pinned = models.BooleanField(_("pinned"), default=False, help_text=_("Warn before moving."))
    sign_up = models.BooleanField(
        _("open for sign-up"), default=False, help_text=_("Delegates can sign up for a place.")
    )
    visibility = models.CharField(_("visible to"), max_length=20, choices=Visibility, default=Visibility.PARTICIPANTS)
    title_to = _visibility_field(_("title and summary visible to"))
    room_to = _visibility_field(_("room visible to"))
    times_to = _visibility_field(_("times visible to"))
    participants_to = _visibility_field(_("participants visible to"))
    documents_to = _visibility_field(_("documents visible to"))
    # The speakers' list. Empty values mean no opening, speeches of USUAL_MINUTES, and no requests for the floor.
    opening = models.PositiveSmallIntegerField(_("minutes before the first speech"), null=True, blank=True)
    speech_minutes = models.PositiveSmallIntegerField(
        _("minutes per speech"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    requests_until = models.DateTimeField(_("deadline for requests to speak"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancellation_reason = models.CharField(
        _("reason for the cancellation"),
        max_length=300,
        blank=True,
        validators=[validate_printable],
        help_text=_("Included in messages to people who learn that the session is cancelled."),
    )
    # The reason in other languages than the summit's, by language.
    cancellation_reasons = models.JSONField(
        _("reason in other languages"), null=True, blank=True, validators=[validate_notes]
    )
    # Unmapped fields of an imported schedule: rows as in sessions.exchange.selectors.unmapped_fields.
    carried = models.JSONField(_("from another schedule"), null=True, blank=True, editable=False)
    # Rises with every edit of the session or its rows, so that the second of two concurrent edits is rejected.
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "ends_at", "id"]
        constraints = [
            models.CheckConstraint(name="session_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="session_kind_known", condition=Q(kind__in=SessionKind.values)),
            models.CheckConstraint(name="session_visibility_known", condition=Q(visibility__in=Visibility.values)),
            models.CheckConstraint(name="session_media_known", condition=Q(media__in=MediaAccess.values)),
            models.CheckConstraint(
                name="session_capacity_from_one",
                condition=Q(capacity__isnull=True) | Q(capacity__gt=0),
                violation_error_message=_("Enter at least one place, or leave this blank."),
            ),
            models.CheckConstraint(
                name="session_sign_up_for_delegations",
                condition=Q(sign_up=False) | Q(visibility__in=[Visibility.PUBLIC, Visibility.ACCREDITED]),
                violation_error_message=_(
                    "Only sessions visible to all delegations can be open for sign-up. Make the session visible to "
                    "them, or close sign-up."
                ),
            ),
            models.CheckConstraint(
                name="session_reason_if_cancelled",
                condition=Q(cancelled_at__isnull=False) | Q(cancellation_reason=""),
                violation_error_message=_("Cancel the session before you give a reason for it."),
            ),
            models.CheckConstraint(
                name="session_reasons_if_cancelled",
                condition=Q(cancelled_at__isnull=False) | Q(cancellation_reasons__isnull=True),
                violation_error_message=_("Cancel the session before you give a reason for it."),
            ),
            *(
                models.CheckConstraint(
                    name=f"session_{part}_not_wider",
                    condition=not_wider(f"{part}_to"),
                    violation_error_message=_(
                        "Part of a session can’t be visible to more people than the session itself. Show the "
                        "session to more people, or the part to fewer."
                    ),
                )
                for part in PARTS
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def reason_in(self, language: str) -> str:
        """Return why the session is cancelled in a language, or "" if it isn't written in it."""
        others = self.cancellation_reasons
        return note_in(language, first=self.summit.language, note=self.cancellation_reason, others=others)

    def clean(self) -> None:
        """Reject a part that is shown to more readers than the session, and a room or kind of another summit."""
        self._refuse_wider()
        refuse_others(
            self.summit_id,
            room=(self.room_id, Room, "venue__summit"),
            custom_kind=(self.custom_kind_id, CustomKind, "summit"),
        )

    def _refuse_wider(self) -> None:
        """Raise ValidationError with an error for each part that is shown to more readers than the session."""
        least = RANKS.get(self.visibility, 0)
        names = [f"{part}_to" for part in PARTS]
        wider = [name for name in names if RANKS.get(getattr(self, name), least) < least]
        if wider:
            message = _("The session itself is visible to fewer people. Choose “%(all)s” or “%(same)s”.")
            params = {"all": capfirst(str(AS_THE_SESSION)), "same": str(Visibility(self.visibility).label)}
            raise ValidationError(dict.fromkeys(wider, ValidationError(message, params=params)))

    @property
    def uid(self) -> str:
        """The UID of the session in calendars."""
        return calendar_uid(self.public_id)

    @property
    def time_limit(self) -> int:
        """The default length in minutes of a speech in the session."""
        return self.speech_minutes or USUAL_MINUTES


class SessionText(models.Model):
    """A session's title and summary in a language other than the summit's."""

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="texts", verbose_name=pgettext_lazy("label", "session")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=200, validators=[validate_printable])
    summary = models.TextField(_("summary"), blank=True, validators=[validate_text])

    class Meta:
        verbose_name = _("session translation")
        verbose_name_plural = _("session translations")
        ordering = ["session", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "language"],
                name="session_text_language_once",
                violation_error_message=_("The session already has a title in this language. Change that one."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Interpretation(models.Model):
    """The source and target language of an interpretation of a session, and its booth."""

    session = models.ForeignKey(
        Session,
        on_delete=models.CASCADE,
        related_name="interpretation",
        verbose_name=pgettext_lazy("label", "session"),
    )
    source = models.CharField(_("from"), max_length=10)
    target = models.CharField(_("into"), max_length=10)
    booth = models.CharField(_("booth"), max_length=20, blank=True, validators=[validate_printable])

    class Meta:
        verbose_name = _("interpretation")
        verbose_name_plural = _("interpretation")
        ordering = ["session", "target", "source"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "source", "target"],
                name="interpretation_once",
                violation_error_message=_("The session is already interpreted between these languages."),
            ),
            models.CheckConstraint(
                name="interpretation_of_two_languages",
                condition=~Q(source=F("target")),
                violation_error_message=_("Choose two different languages."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
