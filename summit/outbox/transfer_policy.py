"""The transfer of messages: they move with their summit, but without their bytes.

The bytes hold links to the installation that rendered them. A message that is sent again elsewhere is rendered again.
"""

from summit.core.transfer_registry import moves

moves(
    "outbox.Message",
    without=("rendered", "lease_until", "handed_until"),
    named=("subject_key", "recipient_key", "facts"),
)
