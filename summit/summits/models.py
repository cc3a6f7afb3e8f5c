"""Models of summits, venues and rooms, of the installation, and of the counters of changes of public pages."""

from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from summit.core.database_identity import DatabaseIdentity
from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.models import PublicModel, VersionCounter, VersionQuerySet
from summit.core.validators import (
    validate_colour,
    validate_free_slug,
    validate_printable,
    validate_text,
    validate_time_zone,
    validate_year,
)
from summit.summits.translated_names import TEXTS, Names, names_in, validate_directions, validate_names


def host() -> str:
    """Return the host name of the installation's address (BASE_URL), without scheme and port."""
    return urlsplit(settings.BASE_URL).hostname or ""


class InstallationQuerySet(models.QuerySet["Installation"]):
    """A queryset of the installation. It has one row, or none before the first sweep."""

    def elsewhere(self) -> "InstallationQuerySet":
        """Return the installation if it is a copy: its row was recorded with another database or host."""
        return self.exclude(database=DatabaseIdentity(), host=host())

    def silent(self) -> "InstallationQuerySet":
        """Return the installation if it sends nothing, because it is paused or a copy."""
        return self.filter(Q(paused_at__isnull=False) | ~Q(database=DatabaseIdentity(), host=host()))


class Installation(models.Model):
    """The database's identity and the host when the installation last sent, in a single row.

    A copy of the installation has the same row, but runs with another database or host.
    """

    database = models.CharField(max_length=100)
    host = models.CharField(max_length=255)
    paused_at = models.DateTimeField(_("sending paused since"), null=True, editable=False)

    objects = InstallationQuerySet.as_manager()

    class Meta:
        verbose_name = _("installation")
        verbose_name_plural = _("installations")
        constraints = [models.CheckConstraint(name="installation_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.host


slug_form = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z",
    _("Use lower-case letters, digits and single hyphens, such as “border-security-2025”."),
)


class SummitQuerySet(models.QuerySet["Summit"]):
    """A queryset of summits, with filters for public and for paused summits."""

    def open_to_public(self) -> "SummitQuerySet":
        """Return the summits that have public pages."""
        return self.filter(public=True)

    def paused(self) -> "SummitQuerySet":
        """Return the paused summits, which send nothing: they were imported or restored, and not resumed since."""
        return self.filter(paused_at__isnull=False, resumed_at__isnull=True)


def sends(summit: str) -> Q:
    """Return the condition that both the installation and the summit of a row may send.

    `summit` is the lookup from the row to its summit's key, which may be null. All code that automatically creates or
    delivers messages and events must use this condition. It joins no table, so that PostgreSQL evaluates it again in
    an UPDATE that waited for a row's lock.
    """
    paused = Exists(Summit.objects.paused().filter(pk=OuterRef(summit)))
    return Q(~paused, ~Exists(Installation.objects.silent()))


class AgendaReaders(models.TextChoices):
    """Which delegations get a summit's agenda: they see it, are told of its changes, and are named in it."""

    ACCEPTED = "accepted", _("those that have accepted")
    INVITED = "invited", _("those that are invited, unless they decline")
    ALL = "all", _("all, unless they decline")


class Summit(PublicModel):
    """A summit. Almost all rows of other models belong to exactly one summit."""

    slug = models.CharField(
        _("address"),
        max_length=60,
        unique=True,
        validators=[slug_form, validate_free_slug],
        help_text=_("The first part of every address of this summit."),
    )
    name = models.CharField(_("name"), max_length=200, validators=[validate_printable])
    short_name = models.CharField(_("short name"), max_length=60, validators=[validate_printable])
    host = models.CharField(_("host"), max_length=200, validators=[validate_printable])
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(
        _("time zone of the venue"),
        max_length=60,
        validators=[validate_time_zone],
        help_text=_("All times are shown in this zone, such as Europe/London."),
    )
    place = models.CharField(_("place shown with times"), max_length=60, help_text=_("Such as “London”."))
    language = models.CharField(_("first language"), max_length=10, choices=settings.LANGUAGES, default="en")
    # By language and text (`TEXTS`). A missing text is shown in the first language.
    names = models.JSONField(_("names in other languages"), default=dict, blank=True, validators=[validate_names])
    accent = models.CharField(_("colour"), max_length=7, default="#1d4f91", validators=[validate_colour])
    # The beginning of the SHA-256 digest of the emblem's picture, or "". Pages link to the picture by it.
    emblem_digest = models.CharField(_("emblem"), max_length=16, blank=True, default="", editable=False)
    contact_email = models.EmailField(_("email address for answers"))
    answer_by = models.DateTimeField(_("deadline for answers"), null=True, blank=True)
    public = models.BooleanField(_("has public pages"), default=True)
    public_changes = models.BooleanField(_("show agenda changes to the public"), default=False)
    agenda_readers = models.CharField(
        _("delegations that get the agenda"),
        max_length=10,
        choices=AgendaReaders,
        default=AgendaReaders.ACCEPTED,
        db_default=AgendaReaders.ACCEPTED,
        help_text=_("They see it in the portal, are emailed its changes, and are named in its public sessions."),
    )
    illustrative = models.BooleanField(
        _("demonstration"), default=False, help_text=_("Pages say that people and texts are fictional.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # When the summit was imported from an archive or restored, and when somebody resumed it again
    # (summit.summits.outbound_pause).
    paused_at = models.DateTimeField(_("sending paused since"), null=True, blank=True, editable=False)
    resumed_at = models.DateTimeField(_("resumed on"), null=True, blank=True, editable=False)

    objects = SummitQuerySet.as_manager()

    class Meta:
        verbose_name = _("summit")
        verbose_name_plural = _("summits")
        ordering = ["-starts_on", "slug"]
        constraints = [
            models.CheckConstraint(name="summit_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="summit_resumed_after_paused",
                condition=Q(resumed_at__isnull=True) | Q(resumed_at__gte=F("paused_at")),
            ),
            models.CheckConstraint(
                name="summit_agenda_readers_known", condition=Q(agenda_readers__in=AgendaReaders.values)
            ),
            models.CheckConstraint(name="summit_slug_form", condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$")),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for days outside the supported years, and for an end before the start."""
        for name in ("starts_on", "ends_on"):
            try:
                validate_year(getattr(self, name))
            except ValidationError as refused:
                raise ValidationError({name: refused}) from None
            except AttributeError:
                # The day is missing: the field's own validation says so.
                continue
        first, last = self.starts_on, self.ends_on
        if isinstance(first, date) and isinstance(last, date) and last < first:
            raise ValidationError({"ends_on": _("Enter a last day on or after the first day.")})

    def named(self, language: str) -> Names:
        """Return the summit's names in a language. A name without a translation is in the summit's first language.

        Makes no query.
        """
        own = {text: getattr(self, text) for text in TEXTS}
        return names_in(language, first=self.language, own=own, others=self.names)

    @property
    def reads_as(self) -> Names:
        """The summit's names in the active language."""
        return self.named(get_language() or self.language)

    @property
    def said_place(self) -> str:
        """The place that is shown with times, in the active language."""
        return self.reads_as.place

    @property
    def zone(self) -> ZoneInfo:
        """The venue's time zone, or UTC if the field's value isn't a valid zone.

        The value can be invalid when a refused form is shown again, on a page that has times.
        """
        try:
            return ZoneInfo(self.time_zone)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            return ZoneInfo("UTC")

    @property
    def begins_at(self) -> datetime:
        """The moment at which the summit's first day begins, in its time zone."""
        return datetime.combine(self.starts_on, time(), self.zone)

    @property
    def is_paused(self) -> bool:
        """Whether the summit sends nothing until somebody resumes it."""
        return self.paused_at is not None and self.resumed_at is None

    def check_due(self, moment: datetime, now: datetime) -> None:
        """Raise ValidationError if `moment`, by which answers are due, isn't before the summit's beginning.

        If the summit has begun at `now`, any moment is allowed, because answers may come late.
        """
        if now < self.begins_at <= moment:
            raise ValidationError(_("Enter a date before the summit begins."), code="begun")

    def get_absolute_url(self) -> str:
        """Return the URL path of the summit's public home."""
        return reverse("summit:home", args=[self.slug])


class Emblem(models.Model):
    """The picture of a summit's emblem, as PNG (`summit.summits.emblem`)."""

    summit = models.OneToOneField(
        Summit, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    image = EncryptedBytesField(editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)

    class Meta:
        verbose_name = _("emblem")
        verbose_name_plural = _("emblems")

    def __str__(self) -> str:
        return str(self.summit)


class Venue(PublicModel):
    """A building or place with rooms of the summit.

    The opening hours are times of day in the summit's zone, the same on each day. If `closes_at` is before
    `opens_at`, the venue closes on the next day. A venue without opening hours is always open.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="venues", verbose_name=pgettext_lazy("label", "summit")
    )
    name = models.CharField(_("name"), max_length=200, validators=[validate_printable])
    address = models.TextField(_("address"), blank=True, validators=[validate_text])
    opens_at = models.TimeField(
        _("opens"), null=True, blank=True, help_text=_("Local time. Leave both times blank if always open.")
    )
    closes_at = models.TimeField(
        _("closes"), null=True, blank=True, help_text=_("A time earlier than the opening means after midnight.")
    )

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["summit", "name"], name="venue_name_once"),
            models.CheckConstraint(
                name="venue_hours_together",
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__isnull=False, closes_at__isnull=False),
                violation_error_message=_("Enter both opening and closing times, or leave both blank."),
            ),
            models.CheckConstraint(
                name="venue_hours_differ",
                condition=Q(opens_at__isnull=True) | ~Q(opens_at=F("closes_at")),
                violation_error_message=_(
                    "Enter different opening and closing times, or leave both blank if always open."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Room(PublicModel):
    """A room of a venue, in which sessions take place."""

    venue = models.ForeignKey(
        Venue, on_delete=models.CASCADE, related_name="rooms", verbose_name=pgettext_lazy("label", "venue")
    )
    name = models.CharField(_("name"), max_length=120, validators=[validate_printable])
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)
    # By language: how one gets to the room.
    directions = models.JSONField(_("directions"), default=dict, blank=True, validators=[validate_directions])

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "name"],
                name="room_name_once",
                violation_error_message=_("The venue already has a room with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def summit_id(self) -> int:
        """The primary key of the venue's summit."""
        return self.venue.summit_id


@dataclass(frozen=True)
class Stamp:
    """The number of changes of a summit's public pages so far. Equal stamps mean that nothing has changed.

    `removals` counts the changes that may have removed something that the public could read before.
    """

    summit: int
    changes: int
    removals: int

    @property
    def lasting(self) -> tuple[int, int]:
        """A cache key that only changes with a removal.

        It is for values that additions don't affect: earlier releases and the names of parties.
        """
        return self.summit, self.removals


class PublicVersion(VersionCounter):
    """The counter of changes of a summit's public pages."""

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of public pages")
        verbose_name_plural = _("versions of public pages")
        constraints = [models.UniqueConstraint(fields=["summit_id", "writer"], name="public_version_once")]
