"""Adds an HTML part with the same words to a mail when it is sent.

The part is made from the stored text, in the summit's colour and with its emblem, and is never stored itself. It
loads nothing: the emblem is in the mail.
"""

import logging
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart

from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from summit.core.languages import direction, spoken
from summit.outbox.enqueue import sender_domain
from summit.outbox.mail_emblem import MailEmblem, emblem_of
from summit.outbox.message_kinds import KINDS, MESSAGE_TEMPLATE
from summit.outbox.mime import POLICY, shorter_encoding
from summit.outbox.models import Message
from summit.outbox.text_markup import blocks, split_footer
from summit.summits import colours
from summit.summits.models import Summit

logger = logging.getLogger(__name__)
# In bytes, without documents. Mail programs cut longer mails, and slow lines wait for them.
LARGEST = 100_000


@dataclass(frozen=True)
class Theme:
    """The colours of a mail in one theme. Those but the accent are the same as in static/css/summit.css."""

    ground: str
    raised: str
    ink: str
    muted: str
    rule: str
    accent: str


def light_theme(accent: str) -> Theme:
    """Return the colours for the light theme, with the accent made readable."""
    return Theme("#fbfaf6", "#ffffff", "#1b1b19", "#595850", "#d9d6cb", colours.light_accent(accent).colour)


def dark_theme(accent: str) -> Theme:
    """Return the colours for the dark theme, with the accent made readable."""
    return Theme("#161614", "#1f1f1c", "#eceae4", "#aeaca2", "#3b3a35", colours.dark_accent(accent).colour)


def with_html(message: Message) -> bytes:
    """Return the bytes of a rendered message's mail with its HTML part.

    Returns the stored bytes if the mail has no plain text, has an HTML part already, or would be larger than LARGEST.
    A text that can't be turned into HTML is sent as plain text, because its words are what matters. The same message
    always has the same bytes, as long as its summit has the same name, colour and emblem.
    """
    stored = bytes(message.rendered or b"")
    try:
        return _with_html(message, stored)
    except DatabaseError:
        raise
    except Exception:  # the reader must get the words
        logger.exception("message %s has no HTML part", message.public_id)
        return stored


def _with_html(message: Message, stored: bytes) -> bytes:
    mail = message_from_bytes(stored, policy=POLICY)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - the policy's own class
    text = mail.get_body(("plain",))
    if not isinstance(text, MIMEPart) or mail.get_body(("html",)) is not None:
        return stored
    emblem = emblem_of(message.summit)
    page = html_of(message, str(text.get_content()), subject=str(mail["Subject"] or ""), emblem=emblem)
    alternative = _alternative_with(mail, text)
    parts = alternative.get_payload()
    assert isinstance(parts, list)  # noqa: S101 - a multipart has a list
    # The best form comes last (RFC 2046, 5.1.4); mail programs look for an invitation there.
    parts.insert(1, _html_part(page, emblem))
    if "MIME-Version" not in mail:
        mail["MIME-Version"] = "1.0"
    if "Content-Language" not in mail:
        # Methods that move the content also move its headers.
        mail["Content-Language"] = spoken(message.language)
    for place, part in enumerate(mail.walk()):
        if part.is_multipart() and part.get_boundary() is None:
            # No encoded content has "=_" in it (RFC 2045, 6.7).
            part.set_boundary(f"=_{place}_{message.nonce}")
    content = bytes(mail)
    documents = sum(len(part.as_bytes()) for part in mail.walk() if part.get_content_maintype() == "application")
    return content if len(content) - documents <= LARGEST else stored


def _alternative_with(mail: EmailMessage, text: MIMEPart) -> MIMEPart:
    """Return the multipart/alternative that the text is in. If there is none, the text becomes one."""
    for part in mail.walk():
        parts = part.get_payload()
        if part.get_content_type() == "multipart/alternative" and isinstance(parts, list) and text in parts:
            return part
    # The library would leave out a text without headers of its own.
    if "Content-Type" not in text:
        text["Content-Type"] = "text/plain"
    text.make_alternative()
    return text


def _html_part(page: str, emblem: MailEmblem | None) -> MIMEPart:
    part = MIMEPart(policy=POLICY)
    part.set_content(page, subtype="html", charset="utf-8", cte=shorter_encoding(page))
    if emblem is not None:
        part.add_related(
            emblem.content, "image", "png", cid=f"<{_content_id()}>", disposition="inline", filename="emblem.png"
        )
        # The type of the part that is shown (RFC 2387, 3.1).
        part.set_param("type", "text/html")
    return part


def _content_id() -> str:
    return f"emblem@{sender_domain()}"


def html_of(message: Message, text: str, *, subject: str, emblem: MailEmblem | None) -> str:
    """Return the HTML of a message's mail, with the words of its text, in the message's language."""
    language = spoken(message.language)
    kind = KINDS.get(message.kind)
    body, footer = split_footer(text)
    with translation.override(language):
        context = {
            **(kind.html_context(message) if kind else {}),
            "language": language,
            "direction": direction(language),
            "mail_subject": subject,
            "frame": frame(message.summit, emblem),
            "blocks": blocks(body),
            "footer": blocks(footer),
        }
        page = render_to_string(kind.html_template if kind else MESSAGE_TEMPLATE, context)
    # Indentation and empty lines would be a third of the mail.
    return re.sub(r"\s*\n\s*", "\n", page).strip() + "\n"


def frame(summit: Summit | None, emblem: MailEmblem | None) -> dict[str, object]:
    """Return what the frame around a mail shows: the summit's name and emblem, and the colours of both themes."""
    accent = summit.accent if summit else str(Summit._meta.get_field("accent").default)
    return {
        "name": summit.reads_as.name if summit else _("Summit"),
        "emblem": emblem,
        "content_id": _content_id(),
        "light": light_theme(accent),
        "dark": dark_theme(accent),
    }
