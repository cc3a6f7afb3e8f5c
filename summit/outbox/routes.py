"""Who opens the outbox's addresses."""

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

# For mail providers alone: it is nothing to whoever brings no secret, and no role opens it.
declare("mail-events", Gate.EVERYBODY, "POST", see=NOBODY)

# In development alone, where there is nothing to hide.
declare("dev:components", Gate.EVERYBODY, "GET")
declare("dev:mail", Gate.EVERYBODY, "GET")
for _name in ("dev:message", "dev:source", "dev:part"):
    declare(_name, Gate.EVERYBODY, kind="mail in development")
register(MessageViewSet)
