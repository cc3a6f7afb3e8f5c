"""The message that texts are held, since something happened to their speeches: to whoever works at the press desk."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy, ngettext

from press.domain import held
from press.messages import TASK
from summit.outbox import reasons
from summit.outbox.kinds import Kind, Mail, register
from summit.outbox.models import Message


def render(message: Message) -> Mail:
    """Write it from the message's frozen facts, in the language that is active; why is in the summit's."""
    about = [
        {"why": each["why"], "urls": [settings.BASE_URL + path for path in each["paths"]]}
        for each in message.facts["held"]
    ]
    number = sum(len(each["urls"]) for each in about)
    said = ngettext(
        "Held: %(n)d text, since its speech changed", "Held: %(n)d texts, since their speeches changed", number
    )
    text = render_to_string("mail/held.txt", {**message.facts, "held": about})
    return Mail(subject=said % {"n": number}, text=text.strip() + "\n")


reasons.register(held.RELEASED, gettext_lazy("The hold had been released before the message was sent."))
HELD = register(Kind(held.KIND, TASK, render, held.released, gettext_lazy("held texts")))
