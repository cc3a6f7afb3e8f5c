"""Handovers: items of a person who was replaced or withdrawn, on which protocol decides."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.core.models import PublicModel
from summit.core.personal_data import BY_KEY, DataSubject, ProcessingActivity, personal
from summit.people.models import Person
from summit.users.models import User


class HandoverState(models.TextChoices):
    """The state of a handover: open, or decided by protocol in one of two ways."""

    OPEN = "open", _("pending")
    PASSED = "passed", _("passed on")
    DROPPED = "dropped", _("discarded")


HANDOVERS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To pass on the tasks of a person who leaves."),
    view="delegations.handover.view",
    change="delegations.decide_handover",
    stays=BY_KEY,
    logged=False,
)


class Handover(PublicModel):
    """An item of a person who left a party (a speaking slot, a chair, a seat), to be passed on or dropped.

    Protocol decides, because it depends on rank. `what` and `key` identify the item in the app that it belongs to
    (delegations.membership_changes.handover_items).
    """

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="handovers", verbose_name=pgettext_lazy("label", "delegation")
    )
    giver = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("previous holder"))
    personal(giver, HANDOVERS)
    taker = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("successor")
    )
    personal(taker, HANDOVERS)
    what = models.CharField(_("item"), max_length=40)
    key = models.CharField(max_length=80, editable=False)
    since = models.DateTimeField(_("since"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=HandoverState, default=HandoverState.OPEN)
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["giver", "what", "key"], name="handover_open_once", condition=Q(state="open")
            ),
            models.CheckConstraint(name="handover_state_known", condition=Q(state__in=HandoverState.values)),
            models.CheckConstraint(
                name="handover_decided_whole",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.giver.label
