"""Access to the routes of webhooks, in addition to the routes that every model in the admin has."""

from summit.api_base.routers import register
from summit.permissions.route_table import Gate, declare
from summit.webhooks.api import DeliveryViewSet, EndpointViewSet

for _name in ("turn_off", "turn_on", "secret", "test"):
    declare(
        f"admin:webhooks_endpoint_{_name}",
        Gate.DESK,
        "POST",
        kind="webhooks.endpoint",
        see="webhooks.endpoint.view",
        do="webhooks.endpoint.change",
    )
declare(
    "admin:webhooks_delivery_send_again",
    Gate.DESK,
    "POST",
    kind="webhooks.delivery",
    see="webhooks.delivery.view",
    do="webhooks.send_again",
)
register(EndpointViewSet)
register(DeliveryViewSet)
