"""The mail that notifies the press desk that texts are held because their speeches changed."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy, ngettext

from press.embargoes.services import hold_notices
from press.texts.outbox import DELIVERY_TASK
from summit.outbox import failure_reasons
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message


def render(message: Message) -> Mail:
    """Return the mail about held texts for a message's stored facts, in the active language.

    The reasons for the holds are stored, and stay in the summit's language.
    """
    about = [
        {"why": each["why"], "urls": [settings.BASE_URL + path for path in each["paths"]]}
        for each in message.facts["held"]
    ]
    number = sum(len(each["urls"]) for each in about)
    subject = ngettext(
        "Held: %(n)d text, since its speech changed", "Held: %(n)d texts, since their speeches changed", number
    )
    text = render_to_string("mail/embargo_hold.txt", {**message.facts, "held": about})
    return Mail(subject=subject % {"n": number}, text=text.strip() + "\n")


failure_reasons.register(
    hold_notices.RELEASED, gettext_lazy("The hold had been released before the message was sent.")
)
HELD = register(
    MessageKind(hold_notices.KIND, DELIVERY_TASK, render, hold_notices.released, gettext_lazy("held texts"))
)
