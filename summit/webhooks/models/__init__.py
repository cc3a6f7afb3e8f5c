"""Models of webhooks."""

from summit.webhooks.models.deliveries import Attempt, Delivery, DeliveryState
from summit.webhooks.models.endpoints import Endpoint, EndpointKind, OffWhy

__all__ = ["Attempt", "Delivery", "DeliveryState", "Endpoint", "EndpointKind", "OffWhy"]
