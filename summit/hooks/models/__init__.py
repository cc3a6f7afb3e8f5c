"""Tables of webhooks."""

from summit.hooks.models.deliveries import Attempt, Delivery, DeliveryState
from summit.hooks.models.endpoints import Endpoint, EndpointKind, OffWhy

__all__ = ["Attempt", "Delivery", "DeliveryState", "Endpoint", "EndpointKind", "OffWhy"]
