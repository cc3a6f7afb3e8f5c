"""What the outbox costs: its messages a second as a fraction of a bare loop's, which writes and sends the same mails.

Both send to the same mail server on this machine, within one run. The loop keeps nothing and asks nobody; the outbox
hands out, claims, stores the bytes, asks whether the cause still stands, sends, and marks.
"""

import smtplib
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from bench.sink import sink
from delegations.invitations.messages import INVITATION, letter
from delegations.invitations.models.invitations import InvitationLink
from delegations.invitations.selectors import letter_facts
from delegations.mailboxes import selectors as mailboxes_selectors
from summit.outbox import delivery, enqueue, html_part, mime
from summit.outbox.models import Message, MessageState
from summit.summits.models import Summit

ROUNDS = 3
# Letters to each mailbox of the summit in a round.
EACH = 4


@dataclass(frozen=True)
class Rates:
    """Messages a second, the median of the rounds."""

    messages: int
    outbox: float
    loop: float

    @property
    def fraction(self) -> float:
        """The outbox as a fraction of the bare loop."""
        return self.outbox / self.loop


def measure(summit: Summit) -> Rates:
    """Send the letters of an invited summit by both ways, in turns."""
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    outbox, loop, number = [], [], 0
    with sink() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        Message.objects.filter(state=MessageState.PENDING).update(state=MessageState.DROPPED, problem="before")
        for turn in range(ROUNDS):
            rows = _store(summit, turn)
            number = len(rows)
            loop.append(number / seconds(lambda rows=rows, port=port: _bare(rows, port)))  # type: ignore[misc]
            outbox.append(number / seconds(_deliver))
            left = Message.objects.filter(pk__in=[row.pk for row in rows]).exclude(state=MessageState.SENT).count()
            if left:
                raise RuntimeError(f"{left} messages were not sent")
    return Rates(number, statistics.median(outbox), statistics.median(loop))


def seconds(work: Callable[[], None]) -> float:
    """Return how long some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _store(summit: Summit, turn: int) -> list[Message]:
    links = InvitationLink.objects.live().filter(invitation__party__summit=summit)
    drafts = []
    paper = letter_facts.stationery(summit, summit.parties.all())
    for link in links.select_related("invitation__party__summit", "person"):
        party = link.invitation.party
        box = mailboxes_selectors.Mailbox(
            link.address, party.language, party.pk, f"party:{party.public_id}", frozenset()
        )
        versions = range(1000 + turn * EACH, 1000 + (turn + 1) * EACH)
        drafts += INVITATION.drafts(
            *(letter(link=link, party=party, box=box, version=version, paper=paper) for version in versions)
        )
    with transaction.atomic():
        enqueue.store(drafts)
    return list(Message.objects.filter(nonce__in=[row.nonce for row in drafts]).order_by("id"))


def _bare(rows: list[Message], port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        for row in rows:
            row.rendered = mime.build(row, mime.render(row))
            content = html_part.with_html(row)
            line.sendmail(settings.DEFAULT_FROM_EMAIL, [row.address], content)


def _deliver() -> None:
    while batches := list(delivery.hand_out()):
        for _task, ids in batches:
            delivery.deliver(ids)
