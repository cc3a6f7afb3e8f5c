"""The message to accredited media about sessions that have left the public agenda."""

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy, ngettext

from sessions.agenda.selectors.change_descriptions import PUBLIC_STATES
from sessions.agenda.selectors.release_changes import NATURES
from sessions.notifications.message_session_facts import context_of
from sessions.notifications.services import removal_notices
from summit.outbox import failure_reasons
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message


def render(message: Message) -> Mail:
    """Return the mail in the active language, from the message's frozen facts. Makes no query."""
    facts = message.facts
    sessions = [
        {**context_of({**each, "summit": facts["summit"]}), "state": PUBLIC_STATES[NATURES[each["notice"]]]}
        for each in facts["sessions"]
    ]
    text = render_to_string("mail/public_removal.txt", {"summit": facts["summit"], "sessions": sessions})
    number = len(sessions)
    template = ngettext(
        "%(summit)s: %(number)d session has left the public agenda",
        "%(summit)s: %(number)d sessions have left the public agenda",
        number,
    )
    subject = template % {"summit": facts["summit"]["name"], "number": number}
    return Mail(subject=subject, text=text.strip() + "\n", reply_to=facts["summit"]["contact"])


PUBLIC_AGAIN = failure_reasons.register(
    removal_notices.PUBLIC_AGAIN,
    gettext_lazy("The public agenda had the sessions again before the message was sent."),
)
PUBLIC_REMOVAL = register(
    MessageKind(
        removal_notices.KIND,
        "sessions.tasks.deliver_agenda_changes",
        render,
        removal_notices.withdrawn,
        gettext_lazy("session that left the public agenda"),
    )
)
