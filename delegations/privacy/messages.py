"""The mail to protocol about a person's request to have their data corrected or erased."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.privacy.services import correction_requests
from summit.outbox import failure_reasons
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message
from summit.people.models import Person


def render(message: Message) -> Mail:
    """Return the mail to protocol about a data request, in the active language. Makes no query."""
    facts = message.facts
    subject = {
        correction_requests.What.ERASE.value: _("%(person)s asks to have their data erased"),
    }.get(facts["what"], _("%(person)s asks to have their data corrected"))
    text = render_to_string("mail/correction_request.txt", facts)
    return Mail(subject=subject % facts, text=text.strip() + "\n", reply_to=facts["reply_to"])


def settled(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the messages' primary keys to the reason not to send them. Makes one query.

    A message isn't sent if its person was erased in the meantime.
    """
    keys = [message.facts["person_key"] for message in messages]
    known = set(Person.objects.filter(public_id__in=keys, erased_at__isnull=True).values_list("public_id", flat=True))
    return {message.pk: because(SETTLED) for message in messages if message.facts["person_key"] not in known}


SETTLED = failure_reasons.register(
    "delegations.own_data_settled", gettext_lazy("The person’s data was erased before the message was sent.")
)
OWN_DATA = register(
    MessageKind(
        correction_requests.KIND,
        "delegations.tasks.deliver_invitations",
        render,
        settled,
        gettext_lazy("request about one’s own data"),
    )
)
