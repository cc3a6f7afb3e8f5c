"""The messages of this app: the letter of an invitation, its tests, its reminders, the code to a mailbox."""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from delegations.domain import codes, letters, links, placeholders, reminders
from delegations.models import InvitationLink, InvitationState, SignInCode
from delegations.paper import letter
from delegations.paper.letter import Sheet
from summit.core.languages import spoken
from summit.outbox import reasons
from summit.outbox.kinds import Attachment, Kind, Mail, always_stands, register
from summit.outbox.models import Message
from summit.outbox.reasons import because
from summit.pdf.fonts import MissingFontError

logger = logging.getLogger(__name__)


def render(message: Message) -> Mail:
    """Write the letter from its frozen facts, in the language that is active, with the same on paper. No query."""
    mail = render_plain(message)
    try:
        return replace(mail, attachments=[_on_paper(message.facts, mail.subject)])
    except MissingFontError as missing:
        logger.warning("a letter goes without its paper: no font for %s", missing.letters)
        said = _("This letter comes by mail alone: here it could not be put on paper.")
        return replace(mail, text=f"{mail.text}\n{said}\n")


def render_plain(message: Message) -> Mail:
    """Write a letter that goes by mail alone. No query."""
    facts = message.facts
    values = {**letters.marked(facts), "link": links.address(facts["link_nonce"])}
    parts = placeholders.paragraphs(facts["body"], values)
    if facts["footnote"]:
        parts.append(f"* {facts['footnote']}")
    subject = placeholders.fill(facts["subject"], facts["values"])
    return Mail(subject=subject, text="\n\n".join(parts) + "\n", reply_to=facts["contact_email"])


def _on_paper(facts: dict[str, Any], subject: str) -> Attachment:
    values = letters.marked(facts)
    sheet = Sheet(
        title=subject,
        paragraphs=tuple(placeholders.paragraphs(facts["body"], values, paper=True)),
        letterhead=facts["letterhead"],
        reference=values["reference"],
        day=date.fromisoformat(facts["day"]),
        footnote=facts["footnote"],
        footer=facts["summit"],
        author=values["host"],
        language=spoken(get_language() or ""),
    )
    name = f"letter-{facts['number']}.pdf" if facts["number"] else "letter.pdf"
    return Attachment(name, letter.write(sheet), "application/pdf")


def render_trial(message: Message) -> Mail:
    """Write a letter that somebody sends to themselves, and say so. No query."""
    mail = render(message)
    said = _("This is a test that somebody at your desk sent to you. The address in it opens nothing.")
    return replace(mail, subject=_("Test: %(subject)s") % {"subject": mail.subject}, text=f"{said}\n\n{mail.text}")


def withdrawn(messages: Sequence[Message]) -> dict[int, str]:
    """Name the letters whose link opens nothing any more. One query."""
    keys = [message.facts["link"] for message in messages]
    live = set(InvitationLink.objects.live().filter(public_id__in=keys).values_list("public_id", flat=True))
    return {message.pk: because(LINK_DEAD) for message in messages if message.facts["link"] not in live}


def needless(messages: Sequence[Message]) -> dict[int, str]:
    """Name the reminders of what is answered, revoked or replaced, and those that come when answers were due. One
    query."""
    keys = [message.facts["link"] for message in messages]
    rows = InvitationLink.objects.live().filter(public_id__in=keys, invitation__state=InvitationState.SENT)
    still = set(rows.filter(invitation__party__summit__answer_by__gt=Now()).values_list("public_id", flat=True))
    return {message.pk: because(NEEDLESS) for message in messages if message.facts["link"] not in still}


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
TRIAL = register(
    Kind(
        letters.TEST,
        "delegations.tasks.deliver_invitations",
        render_trial,
        always_stands,
        gettext_lazy("test of a letter"),
    )
)
NEEDLESS = reasons.register(
    "delegations.reminder_needless",
    gettext_lazy("The party had answered, its link opened nothing any more, or answers were due already."),
)
REMINDER = register(
    Kind(reminders.KIND, "delegations.tasks.deliver_reminders", render_plain, needless, gettext_lazy("reminder"))
)
CODE_DEAD = reasons.register(
    "delegations.code_dead", gettext_lazy("The code expired or was used before the mail was sent.")
)
SIGN_IN_CODE = register(
    Kind(codes.KIND, "delegations.tasks.deliver_codes", render_code, expired_codes, gettext_lazy("code to sign in"))
)
