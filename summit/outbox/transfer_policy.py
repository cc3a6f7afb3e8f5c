"""Messages move with their summit, as what was written to whom: not their bytes, which hold links of the installation
that wrote them. One that is sent again elsewhere is written anew."""

from summit.core.transfer_registry import moves

moves(
    "outbox.Message",
    without=("rendered", "lease_until", "handed_until"),
    named=("subject_key", "recipient_key", "facts"),
)
