"""The API of webhooks and of the deliveries to webhooks."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from summit.api_base.actions import action
from summit.api_base.problems import register_problem
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User
from summit.webhooks import delivery, endpoints
from summit.webhooks.events import EVENTS
from summit.webhooks.models.deliveries import Attempt, Delivery, DeliveryState
from summit.webhooks.models.endpoints import Endpoint, EndpointKind

register_problem(endpoints.EndpointProblem, "conflict")
register_problem(delivery.CantSend, "conflict")


class EndpointSerializer(serializers.ModelSerializer[Endpoint]):
    """A webhook: its URL, its events and its health. The secret is never returned."""

    id = serializers.CharField(source="public_id", read_only=True)
    events = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Endpoint
        fields: ClassVar[list[str]] = [
            *("id", "kind", "name", "url", "events", "enabled", "off_why", "off_at"),
            *("failing_since", "given_up", "created_at"),
        ]


class EndpointInput(serializers.Serializer[Any]):
    """The name, URL and events of a webhook."""

    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500, help_text="By HTTPS, and outside: no inside address is reached.")
    events = serializers.ListField(child=serializers.CharField(), help_text="Names, such as “agenda.released”.")

    def validate_events(self, value: list[str]) -> list[str]:
        """Return the event names sorted, each once. Raises ValidationError for no event or an unknown event."""
        unknown = [name for name in value if name not in EVENTS]
        if unknown or not value:
            message = _("Choose from: %(known)s.") % {"known": ", ".join(sorted(EVENTS))}
            raise serializers.ValidationError(message)
        return sorted(set(value))


class EndpointFilters(django_filters.FilterSet):
    """The query parameters that filter webhooks."""

    enabled = django_filters.BooleanFilter(label=_("on"))


class SecretSerializer(serializers.Serializer[Any]):
    """The secret that signs events (Standard Webhooks). It is returned only once."""

    secret = serializers.CharField(
        allow_null=True, help_text="Null where the answer is given again for the same Idempotency-Key."
    )


class EndpointViewSet(DeskViewSet):
    """Webhooks. They are turned off rather than deleted, so that their deliveries are kept."""

    name = "webhooks"
    verbose_name = _("webhooks")
    permission = "webhooks.endpoint"
    allowed_methods = ("add", "change")
    model = Endpoint
    serializer_class = EndpointSerializer
    input_serializer_class = EndpointInput
    filterset_class = EndpointFilters
    ordering_fields: ClassVar[Any] = {"name": ("name",), "created_at": ("created_at",)}

    def add(self, *, by: User, summit: Summit, values: Values) -> Endpoint:
        """Add a webhook, which is on from the start, and return it."""
        return endpoints.make(summit=summit, values=values, by=by)

    def change(self, *, by: User, row: Endpoint, values: Values) -> Endpoint:
        """Change a webhook's name, URL or events, and return the webhook."""
        endpoints.change(endpoint=row, values=values, by=by)
        return row

    @action("turn-off", permission="webhooks.endpoint.change")
    def turn_off(self, *, by: User, row: Endpoint, values: Values) -> None:
        """Turn a webhook off. Its waiting deliveries stay."""
        endpoints.turn_off(endpoint=row, by=by)

    @action("turn-on", permission="webhooks.endpoint.change")
    def turn_on(self, *, by: User, row: Endpoint, values: Values) -> None:
        """Turn a webhook on, so that its waiting deliveries are sent."""
        endpoints.turn_on(endpoint=row, by=by)

    @action("test", permission="webhooks.endpoint.change")
    def test(self, *, by: User, row: Endpoint, values: Values) -> None:
        """Send a test event to a webhook."""
        endpoints.send_test(endpoint=row, by=by)

    @action("new-secret", permission="webhooks.endpoint.change", output=SecretSerializer, shown_once=("secret",))
    def new_secret(self, *, by: User, row: Endpoint, values: Values) -> dict[str, str]:
        """Give a webhook a new secret and return it once. The former secret also signs for a day."""
        return {"secret": endpoints.new_secret(endpoint=row, by=by)}


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One request, its duration in milliseconds, and the beginning of the receiver's response."""

    class Meta:
        model = Attempt
        fields: ClassVar[list[str]] = ["at", "ms", "status", "answer", "problem"]


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """An event to a webhook. Its id is the `webhook-id` of each of its requests."""

    id = serializers.CharField(source="public_id", read_only=True)
    webhook = serializers.CharField(source="endpoint.public_id")
    tries = AttemptSerializer(many=True)

    class Meta:
        model = Delivery
        fields: ClassVar[list[str]] = [
            *("id", "webhook", "event", "data", "created_at", "state", "attempts", "next_attempt_at", "ended_at"),
            *("problem", "tries"),
        ]


class DeliveryFilters(django_filters.FilterSet):
    """The query parameters that filter deliveries."""

    webhook = django_filters.CharFilter(field_name="endpoint__public_id", label=_("webhook"))
    event = django_filters.CharFilter(label=_("event"))
    state = django_filters.ChoiceFilter(choices=DeliveryState.choices, label=_("state"))


class DeliveryViewSet(DeskViewSet):
    """The deliveries to webhooks."""

    name = "deliveries"
    verbose_name = _("webhook deliveries")
    permission = "webhooks.delivery"
    allowed_methods = ()
    model = Delivery
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilters
    ordering_fields: ClassVar[Any] = {"created_at": ("-created_at",)}
    summit_path = "endpoint__summit"

    def rows(self) -> QuerySet[Delivery]:
        """Return the deliveries to webhooks, with their attempts. Pings to the deployment's hub are left out."""
        rows = Delivery.objects.filter(endpoint__kind=EndpointKind.WEBHOOK)
        return rows.select_related("endpoint__summit").prefetch_related("tries")

    @action("send-again", permission="webhooks.send_again")
    def send_again(self, *, by: User, row: Delivery, values: Values) -> None:
        """Send a delivery again, with the same content and id."""
        delivery.send_again(delivery=row, by=by)
