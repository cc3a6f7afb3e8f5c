"""Selects letters of invitation that bounced."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.selectors import letter_facts
from delegations.members.models.focal_points import FocalPoint
from summit.outbox import bounce_reasons
from summit.outbox.models import Message


@dataclass(frozen=True)
class Back:
    """A bounced letter after which no other was sent to the mailbox.

    `focal` is the primary key of the person (a focal point) with the bounced mailbox, or None for the mission's
    mailbox.
    """

    message: Message
    invitation: Invitation
    focal: int | None = None

    @property
    def sentence(self) -> str:
        """A sentence that says what happened and what to do."""
        params = {"mailbox": self.message.address, "why": bounce_reasons.explanation(self.message.returned_why)}
        return (
            _("The letter to %(mailbox)s bounced: %(why)s. Correct the address, then send the letter again.") % params
        )

    @property
    def said(self) -> str:
        """The text of the mail server's response."""
        return bounce_reasons.server_response(self.message.returned_why)


def letters_back(rows: Iterable[Invitation]) -> list[Back]:
    """Return the bounced letters of these invitations, the latest first. Makes two queries at most."""
    by_key = {letter_facts.subject_key(row): row for row in rows}
    bounced = bounce_reasons.unresolved_bounces().filter(subject_key__in=by_key).order_by("-returned_at")
    pairs = [(message, by_key[message.subject_key]) for message in bounced]
    boxes = _boxes({row.party_id for _message, row in pairs}) if pairs else {}
    return [Back(message, row, boxes.get((row.party_id, message.address.casefold()))) for message, row in pairs]


def _boxes(parties: set[int]) -> dict[tuple[int, str], int]:
    """Return a dict from (party, mailbox) to the focal point's person. Parties and people are primary keys.

    Mailboxes that are also the mission's are left out, because there the mission's mailbox has to be corrected.
    """
    rows = FocalPoint.objects.filter(party__in=parties).exclude(person__email="")
    rows = rows.exclude(person__email__iexact=F("party__mission_email"))
    return {(key, email.casefold()): pk for key, email, pk in rows.values_list("party", "person__email", "person")}
