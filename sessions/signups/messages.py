"""The message to a person who has moved up from the waiting list of a session."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.notifications import message_session_facts
from sessions.signups.services import notices
from summit.core.punctuation import comma
from summit.outbox import failure_reasons
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message


def render(message: Message) -> Mail:
    """Return the mail in the active language, from the message's frozen facts. Makes no query."""
    facts = message.facts
    context = {**message_session_facts.context_of(facts), "people": comma().join(facts["people"])}
    text = render_to_string("mail/waiting_list_place.txt", context)
    subject = _("A place for you: %(title)s") % context
    return Mail(subject=subject, text=text.strip() + "\n", reply_to=facts["summit"]["contact"])


LEFT = failure_reasons.register(
    notices.LEFT, gettext_lazy("The place had been given back before the message was sent.")
)
PLACE_FREE = register(
    MessageKind(
        notices.KIND,
        "sessions.tasks.deliver_agenda_changes",
        render,
        notices.withdrawn,
        gettext_lazy("place that became free"),
    )
)
