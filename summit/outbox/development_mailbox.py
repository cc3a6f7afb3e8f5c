"""The development mailbox: pages that show the stored mails. Production has no routes to these pages."""

import base64
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import urlize
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from summit.outbox.html_part import with_html
from summit.outbox.models import Message
from summit.permissions.route_access import Gate, route

PER_PAGE = 50
# The mail's own styles stand inline, as mail programs need them.
PAGE_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
# File name extensions for parts that have no name.
ENDINGS = {"text/calendar": ".ics", "text/html": ".html", "text/plain": ".txt", "application/pdf": ".pdf"}


@dataclass(frozen=True)
class MailPart:
    """A part of a mail that can be downloaded. `number` counts the parts from 1; `size` is in bytes."""

    number: int
    name: str
    mimetype: str
    size: int
    inline: bool


@route(Gate.EVERYBODY)
def mailbox(request: HttpRequest) -> HttpResponse:
    """List all messages, newest first. The query parameter `q` searches recipients, subjects and kinds."""
    query = request.GET.get("q", "").strip()
    rows = Message.objects.order_by("-id").defer("rendered", "facts")
    if query:
        matches = Q(address__icontains=query) | Q(rendered_subject__icontains=query) | Q(kind__icontains=query)
        rows = rows.filter(matches)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "dev/mailbox.html", {"page": page, "wanted": query})


@route(Gate.EVERYBODY, kind="mail in development")
def mail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the mail of a message: its headers, its text with working links, its parts and its source."""
    message = get_object_or_404(Message.objects.select_related("summit"), public_id=public_id)
    context: dict[str, object] = {"message": message}
    if message.rendered is not None:
        parsed, sent = parse(bytes(message.rendered)), with_html(message)
        context |= {
            "headers": parsed.items(),
            "text": linked(text_of(parsed)),
            "has_page": parse(sent).get_body(preferencelist=("html",)) is not None,
            "parts": [described for described, _found in parts_of(parsed)],
            "source": sent.decode("utf-8", "replace"),
        }
    return render(request, "dev/mail.html", context)


@route(Gate.EVERYBODY, kind="mail in development")
def source(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the bytes of a mail, exactly as they are sent, as a download."""
    message = get_object_or_404(Message.objects.select_related("summit"), public_id=public_id, rendered__isnull=False)
    name = content_disposition_header(as_attachment=True, filename=f"{message.public_id}.eml")
    return HttpResponse(with_html(message), content_type="message/rfc822", headers={"Content-Disposition": name})


@route(Gate.EVERYBODY, kind="mail in development")
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the HTML part of a mail, for a frame. It may load nothing and run nothing; its pictures are put into it.

    Raises Http404 if there is none.
    """
    message = get_object_or_404(Message.objects.select_related("summit"), public_id=public_id, rendered__isnull=False)
    sent = parse(with_html(message))
    body = sent.get_body(preferencelist=("html",))
    if not isinstance(body, EmailMessage):
        raise Http404
    content = str(body.get_content())
    for mime_part in sent.walk():
        if content_id := mime_part["Content-ID"]:
            picture = mime_part.get_payload(decode=True)
            assert isinstance(picture, bytes)  # noqa: S101 - a part that is no multipart
            data = base64.b64encode(picture).decode()
            source_of = f"data:{mime_part.get_content_type()};base64,{data}"
            content = content.replace(f"cid:{content_id.strip('<>')}", source_of)
    return HttpResponse(content, headers={"Content-Security-Policy": PAGE_POLICY, "X-Frame-Options": "SAMEORIGIN"})


@route(Gate.EVERYBODY, kind="mail in development")
def part(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Return one part of a mail, such as its calendar, as a download. Raises Http404 if there is no such part."""
    message = get_object_or_404(Message, public_id=public_id, rendered__isnull=False)
    for described, mime_part in parts_of(parse(bytes(message.rendered or b""))):
        if described.number == number:
            name = content_disposition_header(as_attachment=True, filename=described.name)
            return HttpResponse(
                mime_part.get_payload(decode=True),
                content_type=described.mimetype,
                headers={"Content-Disposition": name},
            )
    raise Http404


def parse(content: bytes) -> EmailMessage:
    """Return the bytes of a mail parsed."""
    return message_from_bytes(content, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail, "" if it has none."""
    body = mail.get_body(preferencelist=("plain",))
    return str(body.get_content()) if isinstance(body, EmailMessage) else ""


def linked(text: str) -> SafeString:
    """Return a text as escaped HTML in which URLs and e-mail addresses are links."""
    return SafeString(urlize(text, autoescape=True))


def parts_of(mail: EmailMessage) -> list[tuple[MailPart, EmailMessage]]:
    """Return the parts of a mail other than its plain text, each as a pair of its description and the part itself."""
    body = mail.get_body(preferencelist=("plain",))
    found: list[tuple[MailPart, EmailMessage]] = []
    for mime_part in mail.walk():
        if mime_part.is_multipart() or mime_part is body or not isinstance(mime_part, EmailMessage):
            continue
        number = len(found) + 1
        kind = mime_part.get_content_type()
        size = len(mime_part.get_payload(decode=True) or b"")
        name = mime_part.get_filename() or f"part-{number}{ENDINGS.get(kind, '.bin')}"
        found.append(
            (MailPart(number, name, kind, size, mime_part.get_content_disposition() != "attachment"), mime_part)
        )
    return found
