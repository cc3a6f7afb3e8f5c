"""The kind of message that tells organisers that an endpoint was turned off."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.outbox import failure_reasons
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message
from summit.webhooks import notices
from summit.webhooks.models.endpoints import OffWhy


def render(message: Message) -> Mail:
    """Return the mail for a message in the active language. It is built from the facts stored with the message."""
    facts = message.facts
    context = {**facts, "why": OffWhy(facts["why"]).label, "url": settings.BASE_URL + facts["path"]}
    subject = _("Webhook turned off: %(name)s") % {"name": facts["name"]}
    return Mail(subject=subject, text=render_to_string("mail/webhook_off.txt", context).strip() + "\n")


failure_reasons.register(notices.ON_AGAIN, gettext_lazy("The webhook was on again before the message was sent."))
OFF = register(
    MessageKind(notices.KIND, "outbox.tasks.deliver", render, notices.on_again, gettext_lazy("webhook turned off"))
)
