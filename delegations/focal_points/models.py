"""The model of requests for focal points."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.people.models import Person
from summit.users.models import User


class RequestState(models.TextChoices):
    """The states of a request."""

    OPEN = "open", _("pending")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


FOCAL_POINT_REQUESTS = ProcessingActivity(
    subjects=DataSubject.FOCAL_POINTS,
    purpose=_("To decide who may act for a delegation."),
    view="delegations.focalpointrequest.view",
    change="delegations.ask_focal_point",
    kept_as=PersonalDataKind.CONTACT,
)


class FocalPointRequest(models.Model):
    """A request that a person becomes a focal point of a party: in the place of `instead_of`, or beside the
    others."""

    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="focal_point_requests",
        verbose_name=pgettext_lazy("label", "delegation"),
    )
    # The person is only entered on approval: a name in a request doesn't make anybody part of a summit.
    name = personal(models.CharField(_("name"), max_length=200), FOCAL_POINT_REQUESTS)
    office = personal(models.CharField(_("office held"), max_length=200, blank=True), FOCAL_POINT_REQUESTS)
    email = personal(models.EmailField(_("email")), FOCAL_POINT_REQUESTS)
    language = personal(models.CharField(_("language"), max_length=10, default="en"), FOCAL_POINT_REQUESTS)
    instead_of = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("replaces")
    )
    personal(instead_of, FOCAL_POINT_REQUESTS)
    asked_at = models.DateTimeField(_("requested on"), auto_now_add=True)
    asked_by = personal(models.CharField(_("requested by"), max_length=200), FOCAL_POINT_REQUESTS)
    # The mailbox to which the decision is sent; "" if the system made the request.
    answer_to = personal(models.EmailField(_("reply to"), blank=True), FOCAL_POINT_REQUESTS)
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.OPEN)
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = personal(models.CharField(_("reason"), max_length=500, blank=True), FOCAL_POINT_REQUESTS)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("name on record")
    )
    personal(person, FOCAL_POINT_REQUESTS)

    class Meta:
        verbose_name = _("focal point request")
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
