"""The model of requests for focal points."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.people.models import Person
from summit.users.models import User


class RequestState(models.TextChoices):
    """The states of a request."""

    OPEN = "open", _("to be decided")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("taken back")


class FocalPointRequest(models.Model):
    """A request that a person becomes a focal point of a party: in the place of `instead_of`, or beside the
    others."""

    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="focal_point_requests",
        verbose_name=pgettext_lazy("label", "party"),
    )
    # The person is only entered on approval: a name in a request doesn't make anybody part of a summit.
    name = models.CharField(_("name"), max_length=200)
    office = models.CharField(_("office held"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, default="en")
    instead_of = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("in place of")
    )
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    asked_by = models.CharField(_("asked by"), max_length=200)
    # The mailbox to which the decision is sent; "" if the system made the request.
    answer_to = models.EmailField(_("answer to"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("entered as")
    )

    class Meta:
        verbose_name = _("request for a focal point")
        verbose_name_plural = _("requests for focal points")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(name="focal_request_state_known", condition=Q(state__in=RequestState.values)),
            models.CheckConstraint(
                name="focal_request_decided_whole",
                condition=Q(state=RequestState.OPEN, decided_at__isnull=True, decided_by__isnull=True)
                | Q(state=RequestState.WITHDRAWN, decided_at__isnull=False, decided_by__isnull=True)
                | Q(
                    state__in=[RequestState.APPROVED, RequestState.REFUSED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="focal_request_refused_says_why", condition=~Q(state=RequestState.REFUSED) | ~Q(reason="")
            ),
            models.UniqueConstraint(
                fields=["party", "email"], name="focal_request_open_once", condition=Q(state=RequestState.OPEN)
            ),
        ]

    def __str__(self) -> str:
        return self.name
