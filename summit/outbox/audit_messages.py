"""The messages that describe the audit's entries about the outbox."""

from summit.audit.actions import describe_model
from summit.outbox.models import Message

# The name is the subject, which names a party or a text, and not the mailbox, which is personal.
describe_model(Message, name=lambda row: row.rendered_subject or row.public_id)
