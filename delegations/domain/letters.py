"""The letter of an invitation: the facts that are frozen when it is caused."""

from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat

from delegations.domain.mailboxes import Mailbox
from delegations.models import Invitation, InvitationLink, Party
from summit.outbox.domain import enqueue
from summit.outbox.models import Message

KIND = "invitation"
PREFIX = "delegations.invitation"


def subject_key(invitation: Invitation) -> str:
    """Return what the outbox calls an invitation's letters."""
    return f"{PREFIX}:{invitation.public_id}"


def sent_with(invitation: Invitation) -> QuerySet[Message]:
    """Return the letters that went with an invitation: its own and those of all that were sent by the same press of
    the button. One statement has sent them all, so that they have their moment in common."""
    # The moment as the database wrote it: SQLite compares text, and knows fewer digits of it.
    moment = Invitation.objects.filter(pk=invitation.pk).values("sent_at")
    together = Invitation.objects.filter(
        party__summit=invitation.party.summit_id, sent_at__in=moment, sent_by=invitation.sent_by_id
    )
    keys = together.values(key=Concat(Value(f"{PREFIX}:"), "public_id"))
    return Message.objects.filter(kind=KIND, version=0, subject_key__in=keys)


def draft(*, link: InvitationLink, party: Party, box: Mailbox, version: int) -> Message:
    """Return the letter to a mailbox, not stored yet."""
    return enqueue.draft(
        summit=party.summit,
        kind=KIND,
        subject_key=subject_key(link.invitation),
        version=version,
        recipient_key=box.party_key,
        person=link.person,
        address=box.address,
        language=party.language,
        facts=facts(link=link, party=party),
    )


def facts(*, link: InvitationLink, party: Party) -> dict[str, Any]:
    """Return all that the letter's text needs. The nonce is not the link: only SECRET_KEY makes one of it."""
    summit = party.summit
    return {
        "link": link.public_id,
        "link_nonce": link.nonce,
        "link_until": link.expires_at.isoformat(),
        "party": party.name,
        "formal_name": party.formal_name,
        "is_delegation": party.is_delegation,
        "salutation": link.person.label if link.person else "",
        "summit": summit.name,
        "host": summit.host,
        "place": summit.place,
        "time_zone": summit.time_zone,
        "starts_on": summit.starts_on.isoformat(),
        "ends_on": summit.ends_on.isoformat(),
        "answer_by": summit.answer_by.isoformat() if summit.answer_by else "",
        "contact_email": summit.contact_email,
    }
