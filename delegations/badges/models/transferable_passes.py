"""The models of transferable passes, and of the rules that say how many a party gets."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, ProcessingActivity, personal
from summit.core.validators import validate_printable
from summit.summits.models import Summit


class TransferablePassRule(PublicModel):
    """A kind of transferable pass: a party gets `passes` passes for every `people` people, `most` at most.

    The passes open zones and change hands: the person who carries one may enter.
    """

    summit = models.ForeignKey(
        Summit,
        on_delete=models.CASCADE,
        related_name="transferable_pass_rules",
        verbose_name=pgettext_lazy("label", "summit"),
    )
    name = models.CharField(_("name"), max_length=120, validators=[validate_printable])
    passes = models.PositiveIntegerField(_("passes"), default=1)
    people = models.PositiveIntegerField(_("per number of people"), default=5)
    most = models.PositiveIntegerField(_("maximum"), null=True, blank=True)
    zones = models.ManyToManyField("delegations.Zone", blank=True, related_name="+", verbose_name=_("zones"))

    class Meta:
        verbose_name = _("transferable pass")
        verbose_name_plural = _("transferable passes")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "name"],
                name="transferable_pass_name_once",
                violation_error_message=_("Another transferable pass has this name. Choose another name."),
            ),
            models.CheckConstraint(
                # A party can't use more passes than it has people, and a mistyped number would create too many rows.
                name="transferable_pass_for_somebody",
                condition=Q(passes__gte=1, people__gte=F("passes")),
                violation_error_message=_("Enter at least one pass, and at least as many people as passes."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


PASSES = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To control access to the zones of the venue."),
    view="delegations.transferablepass.view",
    change="delegations.hand_transferable_pass",
    stays=_("Emptied when the person leaves the delegation."),
    logged=False,
)


class TransferablePass(models.Model):
    """One of a party's transferable passes, with the member who carries it now."""

    rule = models.ForeignKey(
        TransferablePassRule,
        on_delete=models.CASCADE,
        related_name="passes_given",
        verbose_name=_("transferable pass"),
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="transferable_passes",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    number = models.PositiveIntegerField(_("number"))
    holder = models.ForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="transferable_passes",
        verbose_name=_("carried by"),
    )
    personal(holder, PASSES)
    since = models.DateTimeField(_("since"), auto_now=True)

    class Meta:
        verbose_name = _("delegation’s transferable pass")
        verbose_name_plural = _("delegations’ transferable passes")
        ordering = ["party", "rule", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "party", "number"], name="transferable_pass_once"),
            models.UniqueConstraint(
                fields=["rule", "holder"], name="transferable_pass_carried_once", condition=Q(holder__isnull=False)
            ),
            models.CheckConstraint(name="transferable_pass_numbered_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.number}"
