"""The message to a party whose request for the floor was granted or declined."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.notifications.message_session_facts import context_of
from sessions.speakers.services import floor_request_notices
from summit.outbox import failure_reasons
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message


def render(message: Message) -> Mail:
    """Return the mail in the active language, from the message's frozen facts. Makes no query."""
    context = context_of(message.facts)
    text = render_to_string("mail/floor_request.txt", context)
    subject = (
        _("On the speakers’ list: %(title)s") if context["granted"] else _("Not on the speakers’ list: %(title)s")
    )
    return Mail(subject=subject % context, text=text.strip() + "\n", reply_to=message.facts["summit"]["contact"])


DROPPED = failure_reasons.register(
    floor_request_notices.DROPPED, gettext_lazy("The speech had been taken off the list before the message was sent.")
)
FLOOR_REQUEST = register(
    MessageKind(
        floor_request_notices.KIND,
        "sessions.tasks.deliver_agenda_changes",
        render,
        floor_request_notices.withdrawn,
        gettext_lazy("request for the floor"),
    )
)
