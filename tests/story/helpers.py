"""What the stories have in common: the people's browsers, the mailbox, whom a page speaks to."""

import email
import re
from datetime import date
from email.message import EmailMessage
from email.policy import default
from typing import Any

from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client
from django.urls import reverse

from delegations.invitations.models.invitations import Invitation
from delegations.parties.models.parties import Party
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.users.models import User

# How a scan of a note verbale begins.
SCAN = b"%PDF-1.7 the note"
DATED = date(2025, 3, 3)


def browser(box: str) -> Client:
    """Return the browser of an account of the demonstration."""
    client = Client()
    client.force_login(User.objects.get(email=f"{box}@summit.example"))
    return client


def party(name: str) -> Party:
    """Return a party of the demonstration."""
    return Party.objects.select_related("summit").get(name=name)


def go_out() -> list[EmailMessage]:
    """Send all that waits, and return the mails that went out, in the order of their recipients."""
    mail.outbox.clear()
    delivery.deliver(list(Message.objects.filter(state="pending").values_list("pk", flat=True)))
    found = [email.message_from_bytes(row.message().as_bytes(), policy=default) for row in mail.outbox]
    return sorted(found, key=lambda row: (str(row["To"]), str(row["Subject"])))  # type: ignore[arg-type, return-value]


def text(sent: EmailMessage) -> str:
    """Return what a mail says."""
    body = sent.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def subject_of(sent: EmailMessage) -> str:
    """Return a mail's subject on one line, as mail programs show it."""
    return " ".join(str(sent["Subject"]).replace("\u00a0", " ").split())


def link_in(sent: EmailMessage) -> str:
    """Return the path of the link in a letter."""
    found = re.search(r"https?://[^/\s]+(/i/[\w-]+/)", text(sent))
    assert found is not None
    return found.group(1)


def follow(path: str) -> tuple[Client, str]:
    """Follow a letter's link in a new browser; return that, and where it led."""
    client = Client()
    response = client.get(path)
    assert response.status_code == 303
    return client, response["Location"]


def record(desk: Client, of: str, channel: str, **values: Any) -> None:
    """Let a desk record a party's answer that came by `channel`."""
    row = Invitation.objects.get(party__name=of)
    given = {
        "answer": "attending",
        "level": "unsaid",
        "name": f"Embassy of {of}",
        "channel": channel,
        "newest": "",
        **values,
    }
    response = desk.post(reverse("admin:delegations_invitation_answer", args=[row.pk]), given)
    assert str(list(get_messages(response.wsgi_request))[-1]) == f"Answer of {of} recorded."
