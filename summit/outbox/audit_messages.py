"""The messages that describe the audit's entries about the outbox."""

from django.utils.translation import gettext_lazy as _

from summit.audit.actions import describe_action, describe_model
from summit.outbox.models import Message

describe_action("outbox.returned", _("noted that the message came back"))
describe_action("outbox.send_again", _("had the failed message sent again"))
# The name is the subject, which names a party or a text, and not the mailbox, which is personal.
describe_model(Message, name=lambda row: row.rendered_subject or row.public_id)
