"""Who opens the outbox's addresses."""

from summit.routes import Gate, declare

declare(
    "admin:outbox_message_send_again",
    Gate.DESK,
    "POST",
    kind="outbox.message",
    see="outbox.message.view",
    do="outbox.send_again",
)

# In development alone, where there is nothing to hide.
declare("dev:components", Gate.EVERYBODY, "GET")
declare("dev:mail", Gate.EVERYBODY, "GET")
for _name in ("dev:message", "dev:source", "dev:part"):
    declare(_name, Gate.EVERYBODY, kind="mail in development")
