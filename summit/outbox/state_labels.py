"""How the state of a message is shown: the sign beside its word."""

from summit.outbox.models import MessageState

SIGNS: dict[str, str] = {
    MessageState.PENDING: "wait",
    MessageState.SENT: "good",
    MessageState.FAILED: "bad",
    MessageState.DROPPED: "off",
}
