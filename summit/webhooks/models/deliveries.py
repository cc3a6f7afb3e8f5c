"""The models of a delivery, which is one event for one endpoint, and of its attempts."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.webhooks.models.endpoints import Endpoint


class DeliveryState(models.TextChoices):
    """The state of a delivery."""

    PENDING = "pending", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


# The allowed changes of state. delivery.py writes states only according to this table.
TRANSITIONS: dict[str, frozenset[str]] = {
    DeliveryState.PENDING: frozenset({DeliveryState.SENT, DeliveryState.FAILED}),
    DeliveryState.SENT: frozenset({DeliveryState.PENDING}),
    DeliveryState.FAILED: frozenset({DeliveryState.PENDING}),
}


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Querysets of deliveries, with a filter for the deliveries that a worker may claim."""

    def free(self) -> "DeliveryQuerySet":
        """Return the waiting deliveries that are due by the database's clock and that no worker holds.

        The query joins no table, so that an UPDATE with it checks the conditions again on a locked row. It doesn't
        check whether the endpoint is on; see `EndpointQuerySet.on`.
        """
        return self.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=Now()),
            state=DeliveryState.PENDING,
            next_attempt_at__lte=Now(),
        )


WEBHOOKS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To notify the host’s other systems of changes."),
    view="webhooks.delivery.view",
    kept_as=PersonalDataKind.MAIL,
    logged=False,
)


class Delivery(PublicModel):
    """One event for one endpoint. Its public id is the `webhook-id`, the same on every attempt.

    A trigger of the database refuses changes of the delivery's content. The deliveries of an endpoint are sent in the
    order of their primary keys. A delivery that is set `aside` blocks no other.
    """

    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    event = models.CharField(_("event"), max_length=60)
    # The object that the delivery is about, such as "press.edition:k3…", and the version of the object. With endpoint
    # and event they make the delivery unique, so that no cause is delivered twice.
    subject_key = models.CharField(_("about"), max_length=300)
    version = models.PositiveIntegerField(_("version"), default=0)
    data = personal(models.JSONField(_("content"), default=dict), WEBHOOKS)
    created_at = models.DateTimeField(_("created on"), db_default=Now())

    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    aside = models.BooleanField(_("out of order"), default=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # The fencing token: counts every claim and never decreases, even when `attempts` does.
    claims = models.PositiveIntegerField(default=0, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)
    problem = models.CharField(_("error"), max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event", "subject_key", "version"], name="delivery_once"),
            models.CheckConstraint(name="delivery_state_known", condition=Q(state__in=DeliveryState.values)),
            models.CheckConstraint(
                name="delivery_ended_has_time",
                condition=Q(state="pending", ended_at__isnull=True) | ~Q(state="pending") & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(name="delivery_failure_says_why", condition=~Q(state="failed") | ~Q(problem="")),
        ]
        indexes = [models.Index(fields=["endpoint", "id"], name="delivery_waiting", condition=Q(state="pending"))]

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"


class Attempt(models.Model):
    """One request of a delivery, with the receiver's response, or with the problem if there was none."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries", verbose_name=_("delivery"))
    at = models.DateTimeField(_("date and time"), db_default=Now())
    ms = models.PositiveIntegerField(_("milliseconds"))
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    # The beginning of the response's body, about a kilobyte, as text.
    answer = personal(models.TextField(_("answer"), blank=True), WEBHOOKS)
    problem = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.status or self.problem}"
