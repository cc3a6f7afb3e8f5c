"""Permissions of the outbox: who may view messages, and who may send failed messages again."""

from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model

# The desks that cause messages: to delegations, to people in the agenda, to subscribers.
declare_model("outbox.message", view=(Role.ORGANISER, Role.PROTOCOL, Role.PROGRAMME, Role.PRESS_OFFICER), change=())
declare("outbox.send_again", (Role.ORGANISER, Role.PROTOCOL))
# The user gets a task when beat or the workers have stopped.
declare("outbox.watch", (Role.ORGANISER,))


def can_send_again(user: Actor, message: Message) -> bool:
    """Return whether the account may have a failed message sent again."""
    return allows(user, "outbox.send_again", message.summit_id)


def check_can_send_again(user: Actor, message: Message) -> None:
    """Raise PermissionDenied if the account may not have a failed message sent again."""
    check(user, "outbox.send_again", message.summit_id)
