"""Previews and sends the first letters of invitation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation

from delegations.invitations import letter_rendering, messages
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.selectors import eligibility, invitation_status, letter_facts
from delegations.invitations.selectors.eligibility import InvitationTargets
from delegations.invitations.services import invitations, links
from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.parties.models.parties import Party
from summit.core.languages import spoken
from summit.summits import services as summits_services
from summit.summits.models import Summit
from summit.users.models import User


@dataclass(frozen=True)
class Letter:
    """A letter as its recipients would get it, for a preview."""

    party: Party
    addresses: list[str]
    language: str
    subject: str
    text: str


def recipients(summit: Summit) -> InvitationTargets:
    """Return which parties would be reached if all that aren't invited yet were invited now."""
    rows = invitation_status.with_standing(Party.objects.filter(summit=summit)).order_by("sort_key", "pk")
    return eligibility.preview(parties=rows.filter(invitation_status.STANDINGS["uninvited"]))


def read(party: Party, boxes: list[mailboxes_selectors.Mailbox], occasion: str = "") -> Letter:
    """Return a preview of the letter that invites a party to the summit or to one of its sessions, in the party's
    language.

    Nothing is stored, so the link in it doesn't work.
    """
    people = [row.person for row in mailboxes_selectors.focal_points([party.pk]).get(party.pk, [])]
    box = boxes[0]
    matching = [person for person in people if person.email.casefold() == box.address.casefold()]
    link = InvitationLink(
        invitation=Invitation(party=party, occasion=occasion),
        person=matching[0] if len(matching) == 1 else None,
        address=box.address,
        expires_at=links.expiry(party.summit),
    )
    paper = letter_facts.stationery(party.summit, [party], [occasion])
    (message,) = messages.INVITATION.drafts(messages.letter(link=link, party=party, box=box, version=0, paper=paper))
    with translation.override(spoken(message.language)):
        mail = letter_rendering.render(message)
    addresses = [entry.address for entry in boxes]
    return Letter(party, addresses, spoken(message.language), mail.subject, mail.text)


def send(*, summit: Summit, parties: Iterable[Party], answer_by: datetime | None, by: User) -> InvitationTargets:
    """Set when answers are due, unless `answer_by` is None, and invite these parties, in one transaction.

    Returns which parties were invited. Raises PermissionDenied.
    """
    with transaction.atomic():
        if answer_by is not None:
            summits_services.set_answer_by(summit=summit, moment=answer_by, by=by)
        return invitations.invite(parties=parties, by=by)
