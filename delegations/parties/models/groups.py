"""Groups of parties that a summit defines itself, besides the predefined groups of countries."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.summits.models import Summit


class PartyGroup(PublicModel):
    """A group of parties that a summit defines. A party may be in several groups."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="party_groups", verbose_name=pgettext_lazy("label", "summit")
    )
    name = models.CharField(_("name"), max_length=120, validators=[validate_printable])
    parties = models.ManyToManyField(Party, blank=True, related_name="party_groups", verbose_name=_("delegations"))

    class Meta:
        verbose_name = _("group of delegations")
        verbose_name_plural = _("groups of delegations")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "name"],
                name="party_group_name_once",
                violation_error_message=_("Another group has this name. Choose another name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
