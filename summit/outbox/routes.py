"""Access to the addresses of the outbox."""

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

# Only for mail providers: without the secret it answers 404, and no role opens it.
declare("mail-events", Gate.EVERYBODY, "POST", see=NOBODY)

# Only in development, where there is nothing to protect.
declare("dev:components", Gate.EVERYBODY, "GET")
declare("dev:mail", Gate.EVERYBODY, "GET")
for _name in ("dev:message", "dev:source", "dev:part"):
    declare(_name, Gate.EVERYBODY, kind="mail in development")
register(MessageViewSet)
