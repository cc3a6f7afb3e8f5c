"""Models of the outbox."""

from summit.outbox.models.messages import Message, MessageState

__all__ = ["Message", "MessageState"]
