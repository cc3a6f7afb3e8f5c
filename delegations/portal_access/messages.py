"""The mail with a sign-in code."""

import re
from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.portal_access.models import SignInCode
from delegations.portal_access.services import sign_in_codes
from summit.outbox import failure_reasons
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import Mail, MessageKind, register
from summit.outbox.models import Message


def render_code(message: Message) -> Mail:
    """Return the mail with the sign-in code. Makes no query.

    The code is computed here, because the stored facts don't contain it.
    """
    facts = message.facts
    code = sign_in_codes.code_of(facts["nonce"], digits=facts.get("digits", sign_in_codes.DIGITS))
    # Groups of digits are easier to read and to type.
    context = {**facts, "code": " ".join(re.findall(r"\d{4}", code))}
    text = render_to_string("mail/sign_in_code.txt", context)
    return Mail(subject=_("A code to open the portal"), text=text.strip() + "\n", reply_to=facts["contact"])


def expired_codes(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the messages' primary keys to the reason not to send them. Makes one query.

    A message isn't sent if its code is used or expired. It is sent even after too many wrong guesses, because the
    same code may still work in another browser of the mailbox's owner.
    """
    keys = [message.facts["nonce"] for message in messages]
    live = set(SignInCode.objects.unused().filter(nonce__in=keys).values_list("nonce", flat=True))
    return {message.pk: because(CODE_DEAD) for message in messages if message.facts["nonce"] not in live}


CODE_DEAD = failure_reasons.register(
    "delegations.code_dead", gettext_lazy("The code expired or was used before the mail was sent.")
)
SIGN_IN_CODE = register(
    MessageKind(
        sign_in_codes.KIND,
        "delegations.tasks.deliver_codes",
        render_code,
        expired_codes,
        gettext_lazy("code to sign in"),
    )
)
