"""Screens: displays in the foyer and at doors, each with a key in its address."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.visibility.models import Visibility
from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.summits.models import Room, Summit


class Unreadable(models.TextChoices):
    """What a screen shows of a session that its audience may not read."""

    PRIVATE = "private", _("“Private meeting”, with its time and room")
    NOTHING = "nothing", _("nothing")


class Screen(PublicModel):
    """A display that shows what is on now and next: in all rooms (in the foyer), or in one room (at its door).

    The database stores only the digest of the key in the screen's address, so a copy of the database opens no screen.
    Without a digest the screen has no address and shows nothing.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="screens", verbose_name=pgettext_lazy("label", "summit")
    )
    name = models.CharField(
        pgettext_lazy("screen", "place"),
        max_length=80,
        validators=[validate_printable],
        help_text=_("Such as “Foyer, by the stairs”."),
    )
    room = models.ForeignKey(
        Room,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "room"),
        help_text=_("For a screen at a door. Leave blank to show all rooms."),
    )
    audience = models.CharField(
        _("shown to"),
        max_length=20,
        choices=Visibility,
        default=Visibility.PUBLIC,
        help_text=_("Everyone who passes can read the screen. Choose more only behind a controlled entrance."),
    )
    unreadable = models.CharField(
        _("sessions that may not be read here"),
        max_length=10,
        choices=Unreadable,
        blank=True,
        help_text=_("Leave blank for “Private meeting” at a door, and nothing for all rooms."),
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=settings.LANGUAGES,
        blank=True,
        help_text=_("Leave blank to show the summit’s languages in turn."),
    )
    digest = models.CharField(max_length=64, blank=True, editable=False)
    opened_at = models.DateTimeField(_("address created on"), null=True, editable=False)
    seen_at = models.DateTimeField(_("last connected"), null=True, editable=False)

    class Meta:
        verbose_name = _("screen")
        verbose_name_plural = _("screens")
        ordering = ["summit", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "name"],
                name="screen_name_once",
                violation_error_message=_("There is already a screen at this place. Choose another name."),
            ),
            models.UniqueConstraint(
                fields=["digest"],
                name="screen_digest_once",
                condition=~Q(digest=""),
                violation_error_message=_("Create the address again: this one is taken."),
            ),
            models.CheckConstraint(name="screen_audience_known", condition=Q(audience__in=Visibility.values)),
            models.CheckConstraint(
                name="screen_unreadable_known", condition=Q(unreadable__in=["", *Unreadable.values])
            ),
            models.CheckConstraint(
                name="screen_opened_with_address",
                condition=Q(digest="", opened_at__isnull=True) | (~Q(digest="") & Q(opened_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tells_private(self) -> bool:
        """Whether a session that the audience may not read is shown as “Private meeting”."""
        if self.unreadable:
            return self.unreadable == Unreadable.PRIVATE
        return self.room_id is not None
