"""Permissions of webhooks: only organisers set them up and view their deliveries, because data leaves the system."""

from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model
from summit.webhooks.models.deliveries import Delivery

declare_model("webhooks.endpoint", view=(Role.ORGANISER,), change=(Role.ORGANISER,))
declare_model("webhooks.delivery", view=(Role.ORGANISER,), change=())
declare("webhooks.send_again", (Role.ORGANISER,))


def can_send_again(user: Actor, delivery: Delivery) -> bool:
    """Return whether the account may have a delivery sent again."""
    return allows(user, "webhooks.send_again", delivery.endpoint.summit_id)


def check_can_send_again(user: Actor, delivery: Delivery) -> None:
    """Raise PermissionDenied if the account may not have a delivery sent again."""
    check(user, "webhooks.send_again", delivery.endpoint.summit_id)
