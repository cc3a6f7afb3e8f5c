"""The model of an endpoint: the URL of a receiver, with a secret and the receiver's health."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.encrypted_fields import EncryptedTextField
from summit.core.models import PublicModel
from summit.summits.models import Summit, sends
from summit.webhooks.addresses import validate_url
from summit.webhooks.signing import new_secret

# Events are signed with a former secret too for this long, so that a receiver can replace it without losing events.
OVERLAP = timedelta(days=1)


class EndpointKind(models.TextChoices):
    """The kind of an endpoint, which decides what is sent to it: events or pings about changed feeds."""

    WEBHOOK = "webhook", _("events")
    # The deployment's WebSub hub (W3C WebSub), which gets the URLs of changed feeds.
    HUB = "hub", _("changed feeds")


class OffWhy(models.TextChoices):
    """The reason why an endpoint is off."""

    HAND = "hand", _("turned off by a user")
    GONE = "gone", _("the receiver responded that it no longer exists (410)")
    FAILING = "failing", _("no delivery succeeded for three days")
    REFUSING = "refusing", _("the receiver rejected too many deliveries in a row")
    MOVED = "moved", _("imported with its summit from an archive")


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Querysets of endpoints, with filters for those that are on and those with a delivery to send now."""

    def on(self) -> "EndpointQuerySet":
        """Return the endpoints that are on and belong to a summit that isn't paused."""
        return self.filter(sends("summit_id"), enabled=True)

    def due(self) -> "EndpointQuerySet":
        """Return the endpoints with a delivery to send now, by the database's clock, that aren't queued already.

        A delivery can be sent if it is the endpoint's first waiting one, or was set aside.
        """
        # Imported here because the model of deliveries imports this module.
        from summit.webhooks.models.deliveries import Delivery, DeliveryState  # noqa: PLC0415

        waiting = Delivery.objects.filter(endpoint=OuterRef("pk"), state=DeliveryState.PENDING, aside=False)
        first = waiting.order_by("pk").values("pk")[:1]
        free = Delivery.objects.free()
        rows = self.on().filter(Q(handed_until__isnull=True) | Q(handed_until__lte=Now()))
        rows = rows.annotate(first=Subquery(first))
        set_aside = free.filter(endpoint=OuterRef("pk"), aside=True)
        return rows.filter(Exists(free.filter(pk=OuterRef("first"))) | Exists(set_aside))


class Endpoint(PublicModel):
    """A receiver of a summit's events: the URL of another system, set by an organiser, or the deployment's hub.

    The secrets are encrypted. Deliveries that were caused while the endpoint was on are kept when it is turned off.
    They are sent when it is turned on again.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("receives"), max_length=10, choices=EndpointKind, default=EndpointKind.WEBHOOK)
    name = models.CharField(
        pgettext_lazy("of a thing", "name"),
        max_length=80,
        help_text=_("A name to recognise it by, such as “Conference app”."),
    )
    url = models.CharField(
        _("address"),
        max_length=500,
        validators=[validate_url],
        help_text=_("The address that receives events by HTTPS, such as “https://app.example/events”."),
    )
    # Names of summit.webhooks.events.
    events = models.JSONField(_("events"), default=list)
    secret = EncryptedTextField(_("secret"), max_length=120, default=new_secret, editable=False)
    secret_shown_at = models.DateTimeField(_("secret shown"), null=True, blank=True, editable=False)
    former_secret = EncryptedTextField(_("previous secret"), max_length=120, blank=True, editable=False)
    former_until = models.DateTimeField(_("previous secret valid until"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    enabled = models.BooleanField(pgettext_lazy("webhook", "on"), default=True)
    off_why = models.CharField(_("reason for turning it off"), max_length=10, choices=OffWhy, blank=True)
    off_at = models.DateTimeField(_("off since"), null=True, blank=True)
    # Since when nothing has got through, and how many deliveries have failed for good since the last success.
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    given_up = models.PositiveIntegerField(_("consecutive failures"), default=0)
    # Set when a sweep has queued the endpoint, so that the next sweep doesn't queue it again at once.
    handed_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(name="endpoint_kind_known", condition=Q(kind__in=EndpointKind.values)),
            models.CheckConstraint(
                name="endpoint_off_says_why",
                condition=Q(enabled=True, off_why="", off_at__isnull=True)
                | Q(enabled=False, off_why__in=OffWhy.values, off_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["summit"],
                name="endpoint_hub_once",
                condition=Q(kind="hub"),
                violation_error_message=_("The summit already has a hub."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
