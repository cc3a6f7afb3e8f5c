"""The signs that mark the word for a message's state on pages."""

from summit.outbox.models import MessageState

SIGNS: dict[str, str] = {
    MessageState.PENDING: "wait",
    MessageState.SENT: "good",
    MessageState.FAILED: "bad",
    MessageState.DROPPED: "off",
}
