"""The letter of an invitation: the facts that are frozen when it is caused."""

from typing import Any

from delegations.domain.mailboxes import Mailbox
from delegations.models import Invitation, InvitationLink, Party
from summit.outbox.domain import enqueue
from summit.outbox.models import Message

KIND = "invitation"


def subject_key(invitation: Invitation) -> str:
    """Return what the outbox calls an invitation's letters."""
    return f"delegations.invitation:{invitation.public_id}"


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
