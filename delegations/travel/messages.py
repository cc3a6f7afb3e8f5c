"""The mail that tells a party about the decision on a visa support letter."""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.travel.models.visas import VisaLetter, VisaState
from delegations.travel.services import visa_notices
from summit.outbox import failure_reasons
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message


def render(message: Message) -> Mail:
    """Return the mail about the decision on a letter, in the active language. Makes no query."""
    facts = message.facts
    subject = {
        VisaState.ISSUED.value: _("The visa support letter for %(person)s is issued"),
        VisaState.REFUSED.value: _("The visa support letter for %(person)s is refused"),
    }.get(facts["state"], _("The visa support letter for %(person)s is taken back"))
    path = reverse("portal:visas", args=[facts["party_key"]])
    text = render_to_string("mail/visa_letter.txt", {**facts, "url": f"{settings.BASE_URL}{path}"})
    return Mail(
        subject=subject % {"person": facts["person"]}, text=text.strip() + "\n", reply_to=facts["contact_email"]
    )


def overtaken(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the messages' primary keys to the reason not to send them. Makes one query.

    A message isn't sent if the state of its letter has changed since it was stored.
    """
    keys = [message.facts["letter"] for message in messages]
    states = dict(VisaLetter.objects.filter(public_id__in=keys).values_list("public_id", "state"))
    return {
        message.pk: because(OVERTAKEN)
        for message in messages
        if states.get(message.facts["letter"]) != message.facts["state"]
    }


OVERTAKEN = failure_reasons.register(
    "delegations.visa_overtaken", gettext_lazy("The letter was decided anew before the message was sent.")
)
VISA_LETTER = register(
    MessageKind(
        visa_notices.KIND,
        "delegations.tasks.deliver_invitations",
        render,
        overtaken,
        gettext_lazy("decision about a visa support letter"),
    )
)
