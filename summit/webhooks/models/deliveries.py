"""A delivery: one event to one endpoint, from the transaction that caused it to what became of it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from summit.core.models import PublicModel
from summit.webhooks.models.endpoints import Endpoint


class DeliveryState(models.TextChoices):
    """What became of a delivery."""

    PENDING = "pending", _("to be sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


# The one table of what may follow what; delivery.py writes states by these rows alone.
TRANSITIONS: dict[str, frozenset[str]] = {
    DeliveryState.PENDING: frozenset({DeliveryState.SENT, DeliveryState.FAILED}),
    DeliveryState.SENT: frozenset({DeliveryState.PENDING}),
    DeliveryState.FAILED: frozenset({DeliveryState.PENDING}),
}


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries."""

    def free(self) -> "DeliveryQuerySet":
        """Return those that wait, whose time has come and that nobody holds, on the database's clock. It joins no
        table: as the condition of an UPDATE it is looked at again where the row was locked. Whether their endpoint is
        on is asked of it (`EndpointQuerySet.on`)."""
        return self.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=Now()),
            state=DeliveryState.PENDING,
            next_attempt_at__lte=Now(),
        )


class Delivery(PublicModel):
    """One event to one endpoint. Its public id is the `webhook-id`, the same on every attempt.

    What it says is frozen by a trigger. Deliveries of an endpoint go out in the order of their keys; one that stepped
    `aside` holds nobody up.
    """

    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    event = models.CharField(_("event"), max_length=60)
    # What it is about, such as "press.edition:k3…", and that thing's version: with endpoint and event they make the
    # delivery unique, so that no cause is delivered twice.
    subject_key = models.CharField(_("about"), max_length=300)
    version = models.PositiveIntegerField(_("version"), default=0)
    data = models.JSONField(_("what it says"), default=dict)
    created_at = models.DateTimeField(_("caused at"), db_default=Now())

    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    aside = models.BooleanField(_("out of its turn"), default=False)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # The fencing token: counts every claim and never goes back, whatever becomes of `attempts`.
    claims = models.PositiveIntegerField(default=0, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    problem = models.CharField(_("what went wrong"), max_length=200, blank=True)

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
    """One request, and what came of it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries", verbose_name=_("delivery"))
    at = models.DateTimeField(_("at"), db_default=Now())
    ms = models.PositiveIntegerField(_("milliseconds"))
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    # The first kilobyte of what was answered, as text.
    answer = models.TextField(_("answer"), blank=True)
    problem = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.status or self.problem}"
