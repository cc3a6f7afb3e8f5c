"""Renders the mail and the PDF of a letter from its stored facts."""

import logging
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from delegations.invitations import letter_pdf, link_tokens
from delegations.invitations.letter_pdf import LetterSheet
from delegations.invitations.selectors import letter_facts, placeholders
from summit.core.file_names import file_name
from summit.core.languages import spoken
from summit.outbox.message_kinds import Attachment, Mail
from summit.outbox.models import Message
from summit.pdf.fonts import MissingFontError
from summit.pdf.paper_size import A4
from summit.quarantine.selectors import content_of
from summit.summits.models import Emblem

logger = logging.getLogger(__name__)


def render(message: Message) -> Mail:
    """Return the mail of a letter with its PDF attached, from the message's stored facts, in the active language.
    Makes no query, but for the first letter with an emblem.

    If one of its characters is in no installed font, the mail has no PDF, and its text says so.
    """
    mail = render_plain(message)
    try:
        return replace(mail, attachments=[_on_paper(message, mail.subject)])
    except MissingFontError as missing:
        # The names of scripts, such as HANGUL: the letters themselves are of somebody's name.
        scripts = {unicodedata.name(letter, "UNKNOWN").split()[0] for letter in missing.letters if letter.strip()}
        logger.warning("a letter goes without its paper: no font for %s", ", ".join(sorted(scripts)))
        note = _("This letter is sent by email only because it could not be printed.")
        return replace(mail, text=f"{mail.text}\n{note}\n")


def render_plain(message: Message) -> Mail:
    """Return the mail of a letter without a PDF. Makes no query."""
    facts = message.facts
    values = {**letter_facts.marked(facts), "link": link_tokens.address(facts["link_nonce"])}
    parts = placeholders.paragraphs(facts["body"], values)
    if facts["footnote"]:
        parts.append(f"* {facts['footnote']}")
    subject = placeholders.fill(facts["subject"], facts["values"])
    return Mail(subject=subject, text="\n\n".join(parts) + "\n", reply_to=facts["contact_email"])


def _on_paper(message: Message, subject: str) -> Attachment:
    facts = message.facts
    values = letter_facts.marked(facts)
    parts = placeholders.paragraphs(facts["body"], values, paper=True)
    paragraphs, signatory = letter_pdf.split_signature(parts, values["signatory"])
    sheet = LetterSheet(
        title=subject,
        paragraphs=paragraphs,
        letterhead=facts["letterhead"],
        reference=values["reference"],
        day=date.fromisoformat(facts["day"]),
        footnote=facts["footnote"],
        footer=facts["summit"],
        author=values["host"],
        language=spoken(get_language() or ""),
        signatory=signatory,
        # Nobody is named who signs: the host's initials and seal are on it, as on a note verbale.
        sealed=signatory == values["host"],
        answer=tuple(_how_to_answer(values)),
        # Letters that were stored by an earlier version are on A4.
        paper=facts.get("paper", A4),
    )
    emblem = _emblem(message.summit_id, facts.get("emblem", ""))
    name = file_name(_("Invitation"), values.get("session", ""), facts["values"]["party"], ending="pdf")
    return Attachment(name, letter_pdf.write(sheet, emblem), "application/pdf")


@lru_cache(maxsize=8)
def _emblem(summit: int | None, digest: str) -> bytes:
    """Return the emblem of the summit with the primary key `summit`, or b"". Makes one query for each `digest`.

    `digest` is that of the emblem which the summit had when the letter was stored. If it has another one since, the
    letter has that.
    """
    row = Emblem.objects.filter(summit=summit).first() if digest else None
    return (content_of(row) if row else None) or b""


def _how_to_answer(values: dict[str, str]) -> Iterator[str]:
    """Yield the lines on paper that say until when and how to answer: the paper has no link."""
    if values["answer_by"]:
        yield _("Answer by %(moment)s.") % {"moment": values["answer_by"]}
    yield _("Use the link in the email that came with this letter.")
    contact = {"contact": values["contact"], "reference": values["reference"]}
    if values["reference"]:
        yield _("Or write to %(contact)s and quote the reference %(reference)s.") % contact
    else:
        yield _("Or write to %(contact)s.") % contact
