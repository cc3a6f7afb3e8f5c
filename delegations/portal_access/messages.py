"""The mail with a sign-in code."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.portal_access.code_derivation import DIGITS, code_of
from delegations.portal_access.models import SignInCode
from summit.outbox.addressees import Addressee
from summit.outbox.failure_reasons import because
from summit.outbox.message_kinds import MessageKind, for_each, once, register
from summit.outbox.models import Message
from summit.people.models import Person
from summit.summits.models import Summit

CODE_DEAD = "delegations.code_dead"


@dataclass(frozen=True)
class RequestedCode:
    """A sign-in code, and whose mailbox it is for: the person whose summit sends the mail, or None if it's nobody's.

    `language` is the language of the page, for a mailbox that nobody has.
    """

    code: SignInCode
    person: Person | None
    language: str

    @property
    def summit(self) -> Summit | None:
        """The summit of the person."""
        return self.person.summit if self.person else None


class SignInCodeFacts(TypedDict):
    """The facts of a message with a sign-in code. They have the nonce, from which the code is computed, not the code.

    `code` is the public id of the request for it, and `minutes` is how long the code is valid.
    """

    code: str
    nonce: str
    digits: int
    minutes: int
    contact: str


def _facts(requested: RequestedCode, to: Addressee) -> SignInCodeFacts:
    row = requested.code
    return {
        "code": row.public_id,
        "nonce": row.nonce,
        "digits": row.digits,
        "minutes": int((row.expires_at - row.written_at).total_seconds() // 60),
        "contact": requested.summit.contact_email if requested.summit else "",
    }


def _mailbox(requested: RequestedCode) -> Iterable[Addressee]:
    """Yield the mailbox of a code, in the language of the person or, at a mission's mailbox, of their party."""
    person = requested.person
    member = getattr(person, "membership", None) if person and not person.email else None
    language = member.party.language if member else person.language if person else requested.language
    yield Addressee("mailbox", requested.code.mailbox, language)


def _context(message: Message) -> dict[str, Any]:
    """Return the context of the mail. The code is computed here, because the stored facts don't contain it."""
    facts = message.facts
    code = code_of(facts["nonce"], digits=facts.get("digits", DIGITS))
    # Groups of digits are easier to read and to type.
    return {**facts, "code": " ".join(re.findall(r"\d{4}", code))}


def expired_codes(messages: Sequence[Message]) -> dict[int, str]:
    """Return a dict from the messages' primary keys to the reason not to send them. Makes one query.

    A message isn't sent if its code is used or expired. It is sent even after too many wrong guesses, because the
    same code may still work in another browser of the mailbox's owner.
    """
    keys = [message.facts["nonce"] for message in messages]
    live = set(SignInCode.objects.unused().filter(nonce__in=keys).values_list("nonce", flat=True))
    return {message.pk: because(CODE_DEAD) for message in messages if message.facts["nonce"] not in live}


SIGN_IN_CODE = register(
    MessageKind(
        name="sign_in_code",
        label=gettext_lazy("sign-in code"),
        task="delegations.tasks.deliver_codes",
        shown_by="tests/delegations/portal_access/test_sign_in_codes.py",
        facts=SignInCodeFacts,
        recipients=for_each(_mailbox),
        subject_key=lambda requested: f"delegations.sign_in_code:{requested.code.public_id}",
        version=once,
        build_facts=_facts,
        template="mail/sign_in_code.txt",
        subject=lambda context: _("Your code for the portal"),
        context=_context,
        reply_to="contact",
        why=gettext_lazy("You are receiving this because someone entered this address to open the portal."),
        reasons={CODE_DEAD: gettext_lazy("The code expired or was used before the email was sent.")},
        withdrawn=expired_codes,
    )
)
