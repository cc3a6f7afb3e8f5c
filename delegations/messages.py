"""The messages of this app: the letter of an invitation, and the code to a mailbox."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.domain import codes, links
from delegations.models import InvitationLink, SignInCode
from summit.dates import long_day
from summit.outbox import reasons
from summit.outbox.kinds import Kind, Mail, register
from summit.outbox.models import Message
from summit.outbox.reasons import because


def render(message: Message) -> Mail:
    """Write the letter from its frozen facts, in the language that is active. No query."""
    facts = message.facts
    context = {
        **facts,
        "days": _days(facts),
        "due": _moment(facts["answer_by"], facts) if facts["answer_by"] else "",
        "until": _moment(facts["link_until"], facts),
        "url": links.address(facts["link_nonce"]),
    }
    text = render_to_string("mail/invitation.txt", context)
    subject = _("Invitation of %(party)s to the %(summit)s") % {"party": facts["party"], "summit": facts["summit"]}
    return Mail(subject=subject, text=fold(text), reply_to=facts["contact_email"])


def _days(facts: dict[str, Any]) -> str:
    first, last = date.fromisoformat(facts["starts_on"]), date.fromisoformat(facts["ends_on"])
    if first == last:
        return _("on %(day)s") % {"day": long_day(first)}
    said = {"first": long_day(first), "last": long_day(last)}
    return _("from %(first)s to %(last)s") % said


def _moment(stored: str, facts: dict[str, Any]) -> str:
    at = datetime.fromisoformat(stored).astimezone(ZoneInfo(facts["time_zone"]))
    said = {"day": long_day(at), "time": at.strftime("%H:%M"), "place": facts["place"]}
    return _("%(day)s, %(time)s %(place)s time") % said


def fold(text: str) -> str:
    """Set each paragraph to one line, with single blank lines between: whoever reads it breaks it, a phone elsewhere
    than a desk, and names of another script stay whole."""
    # Spaces that hold words together, as before a French semicolon, stay.
    paragraphs = [re.sub(r"[ \t\r\n]+", " ", part).strip() for part in text.strip().split("\n\n")]
    return "\n\n".join(part for part in paragraphs if part) + "\n"


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Name the letters whose link opens nothing any more. One query."""
    keys = [message.facts["link"] for message in messages]
    live = set(InvitationLink.objects.live().filter(public_id__in=keys).values_list("public_id", flat=True))
    return {message.pk: because(LINK_DEAD) for message in messages if message.facts["link"] not in live}


def render_code(message: Message) -> Mail:
    """Write the mail with a code. The code is made here: the stored facts do not tell it. No query."""
    facts = message.facts
    code = codes.code_of(facts["nonce"], digits=facts.get("digits", codes.DIGITS))
    # In groups, which are easier to read and to enter.
    context = {**facts, "code": " ".join(re.findall(r"\d{4}", code))}
    text = render_to_string("mail/sign_in_code.txt", context)
    return Mail(subject=_("A code to open the portal"), text=text.strip() + "\n", reply_to=facts["contact"])


def expired_codes(messages: Sequence[Message]) -> dict[int, str]:
    """Name the mails whose code opens nothing any more. One query.

    Whoever guessed wrong keeps no mail back: the same code may open another browser of the mailbox's owner.
    """
    keys = [message.facts["nonce"] for message in messages]
    live = set(SignInCode.objects.unused().filter(nonce__in=keys).values_list("nonce", flat=True))
    return {message.pk: because(CODE_DEAD) for message in messages if message.facts["nonce"] not in live}


LINK_DEAD = reasons.register(
    "delegations.link_dead",
    gettext_lazy("The invitation or its link was revoked, or the link expired, before the letter was sent."),
)
INVITATION = register(
    Kind(
        "invitation", "delegations.tasks.deliver_invitations", render, withdrawn, gettext_lazy("letter of invitation")
    )
)
CODE_DEAD = reasons.register(
    "delegations.code_dead", gettext_lazy("The code expired or was used before the mail was sent.")
)
SIGN_IN_CODE = register(
    Kind(codes.KIND, "delegations.tasks.deliver_codes", render_code, expired_codes, gettext_lazy("code to sign in"))
)
