"""The transfer of messages: they move with their summit, but without the bytes of the mail.

The bytes hold links to the installation that rendered the mail. If a message is sent again on another installation,
it is rendered again there. The id of the request is one of that installation's logs.
"""

from summit.core.transfer_registry import moves

moves(
    "outbox.Message",
    without=("rendered", "request_id", "lease_until", "handed_until"),
    named=("subject_key", "recipient_key", "facts"),
)
