"""The parts of a venue that badges open."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.validators import validate_printable
from summit.summits.models import Room, Summit


class Zone(models.Model):
    """A part of the venue that badges open. Its code is printed on the badges.

    A badge opens a room if it opens one of the zones in which the room lies. Rooms in no zone are open to everybody.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="zones", verbose_name=pgettext_lazy("label", "summit")
    )
    code = models.CharField(_("code on the badge"), max_length=10, validators=[validate_printable])
    name = models.CharField(_("name"), max_length=120, validators=[validate_printable])
    rooms = models.ManyToManyField(Room, blank=True, related_name="zones", verbose_name=_("rooms"))
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "code"],
                name="zone_code_once",
                violation_error_message=_("Another zone has this code. Choose another code."),
            )
        ]

    def __str__(self) -> str:
        return self.name
