"""Who may look into the outbox and send again."""

from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, check, declare, declare_model

# The desks that cause letters: to delegations, to those in the agenda, to subscribers.
declare_model("outbox.message", view=(Role.ORGANISER, Role.PROTOCOL, Role.PROGRAMME, Role.PRESS_OFFICER), change=())
declare("outbox.send_again", (Role.ORGANISER, Role.PROTOCOL))
# Is told when nothing is carried any more, so as to have it started.
declare("outbox.watch", (Role.ORGANISER,))


def can_send_again(user: Actor, message: Message) -> bool:
    """Return whether the account may have a failed message sent again."""
    return allows(user, "outbox.send_again", message.summit_id)


def check_can_send_again(user: Actor, message: Message) -> None:
    """Raise PermissionDenied where `can_send_again` is false."""
    check(user, "outbox.send_again", message.summit_id)
