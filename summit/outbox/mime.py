"""Build the bytes of a mail from a message (RFC 5322, RFC 2045)."""

import base64
import quopri
from email.header import Header
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from summit.core.languages import spoken, with_direction_mark
from summit.outbox.message_kinds import KINDS, Attachment, Mail
from summit.outbox.models import Message
from summit.outbox.text_markup import FOOTER_LINE

LONGEST_LINE = 78
# The request or task that caused the mail, to find it in the logs.
REQUEST_ID_HEADER = "X-Summit-Request-ID"


class Policy(EmailPolicy):
    """An email policy for SMTP that keeps the spaces in a subject that is written as encoded words.

    White space between two encoded words isn't shown (RFC 2047, 6.2). Before Python 3.13, the standard library's
    policy therefore loses spaces, which joined words in long Arabic and French subjects.
    """

    def fold(self, name: str, value: Any) -> str:
        """Return the header folded into lines."""
        if name.lower() != "subject" or str(value).isascii():
            return str(super().fold(name, value))
        encoded = Header(str(value), "utf-8", maxlinelen=LONGEST_LINE, header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the header folded into lines, as bytes."""
        if name.lower() != "subject" or str(value).isascii():
            return super().fold_binary(name, value)
        return self.fold(name, value).encode("ascii")


POLICY = Policy(linesep="\r\n", max_line_length=LONGEST_LINE)


def render(message: Message) -> Mail:
    """Return the content of a message's mail, in the message's language.

    If that language has no catalogue yet, the content is in English.
    """
    with translation.override(spoken(message.language)):
        return KINDS[message.kind].render(message)


def _add(parent: MIMEPart, part: Attachment) -> None:
    main, sub = part.mimetype.split("/", 1)
    if part.inline and main == "text":
        parent.add_alternative(part.content.decode(), subtype=sub, charset="utf-8", cte="base64", params=part.params)
    elif main == "text":
        parent.add_attachment(
            part.content.decode(),
            subtype=sub,
            charset="utf-8",
            cte="base64",
            filename=part.filename,
            params=part.params,
        )
    else:
        parent.add_attachment(part.content, maintype=main, subtype=sub, filename=part.filename, params=part.params)


def shorter_encoding(text: str) -> str:
    """Return the transfer encoding that makes a text shorter: "quoted-printable" for Latin scripts, else "base64"."""
    content = text.encode()
    return "base64" if len(base64.encodebytes(content)) < len(quopri.encodestring(content)) else "quoted-printable"


def _with_footer(text: str, message: Message) -> str:
    """Return a mail's text with the sentence of its kind that says why one gets it."""
    kind = KINDS.get(message.kind)
    if kind is None or kind.why is None:
        return text
    with translation.override(spoken(message.language)):
        return f"{text.rstrip()}\n\n{FOOTER_LINE}\n{kind.why}\n"


def build(message: Message, mail: Mail) -> bytes:
    """Return the bytes of the mail to send. The same message always has the same headers."""
    mime = EmailMessage(policy=POLICY)
    # A line break in a name or title would start a header of its own.
    mime["Subject"] = " ".join(mail.subject.split())
    mime["From"] = settings.DEFAULT_FROM_EMAIL
    mime["To"] = message.address
    if mail.reply_to:
        mime["Reply-To"] = mail.reply_to
    mime["Date"] = format_datetime(message.date)
    mime["Message-ID"] = message.message_id
    if message.request_id:
        mime[REQUEST_ID_HEADER] = message.request_id
    # So that no automatic reply answers the mail (RFC 3834).
    mime["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        mime[name] = value
    text = with_direction_mark(_with_footer(mail.text, message), spoken(message.language))
    mime.set_content(text, charset="utf-8", cte=shorter_encoding(text))
    for part in sorted(mail.attachments, key=lambda part: not part.inline):
        _add(mime, part)
    # Set last: methods that set or move the content also move its headers.
    mime["Content-Language"] = spoken(message.language)
    return bytes(mime)
