"""Access to the routes of the outbox: sending a message again, the provider's webhook, the development mailbox."""

from summit.api_base.routers import register
from summit.outbox.api import MessageViewSet
from summit.permissions.route_table import NOBODY, Gate, declare

declare(
    "admin:outbox_message_send_again",
    Gate.DESK,
    "POST",
    kind="outbox.message",
    see="outbox.message.view",
    do="outbox.send_again",
)

# Only for mail providers: the response without the secret is a 404, whatever the role.
declare("mail-events", Gate.EVERYBODY, "POST", see=NOBODY)

# Only in development, where there is nothing to protect.
declare("dev:components", Gate.EVERYBODY, "GET")
declare("dev:mail", Gate.EVERYBODY, "GET")
for _name in ("dev:message", "dev:source", "dev:part"):
    declare(_name, Gate.EVERYBODY, kind="mail in development")
register(MessageViewSet)
