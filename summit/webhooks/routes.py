"""Who opens the addresses of webhooks beside those that each model has."""

from summit.api_base.routes import declare_resource
from summit.permissions.route_table import Gate, declare
from summit.webhooks.api import Deliveries, Webhooks

for _name in ("turn_off", "turn_on", "secret", "test"):
    declare(
        f"admin:hooks_endpoint_{_name}",
        Gate.DESK,
        "POST",
        kind="hooks.endpoint",
        see="hooks.endpoint.view",
        do="hooks.endpoint.change",
    )
declare(
    "admin:hooks_delivery_send_again",
    Gate.DESK,
    "POST",
    kind="hooks.delivery",
    see="hooks.delivery.view",
    do="hooks.send_again",
)
declare_resource(Webhooks)
declare_resource(Deliveries)
