"""The webhook event that an invitation is answered."""

from collections.abc import Sequence
from typing import TypedDict

from django.utils.translation import gettext_lazy as _

from delegations.invitations.models.invitations import InvitationState, Reply
from delegations.parties import event_data
from delegations.parties.event_data import PartyData
from summit.summits.models import Summit
from summit.webhooks.event_data import SummitData, of_summit
from summit.webhooks.events import Event, KnownTo, declare, once

NAME = "invitation.answered"


class InvitationData(TypedDict):
    """An invitation's id, and the id of the session to which it invites, or None for the summit."""

    id: str
    session: str | None


class AnsweredData(TypedDict):
    """The payload: which invitation was answered, and how."""

    summit: SummitData
    invitation: InvitationData
    party: PartyData
    answer: str
    level: str | None


def key_of(reply: Reply) -> str:
    """Return the key of the event's deliveries about an answer."""
    return f"delegations.reply:{reply.public_id}"


def _payload(reply: Reply) -> AnsweredData:
    invitation = reply.invitation
    return {
        "summit": of_summit(invitation.party.summit),
        "invitation": {"id": invitation.public_id, "session": invitation.occasion or None},
        "party": event_data.party_data(invitation.party),
        "answer": str(reply.answer),
        "level": str(reply.level) if reply.level else None,
    }


def _answered(summit: Summit, replies: Sequence[Reply]) -> list[Reply]:
    rows = Reply.objects.filter(pk__in=[reply.pk for reply in replies], invitation__party__summit=summit)
    return list(rows.filter(invitation__state=InvitationState.ANSWERED))


ANSWERED = declare(
    Event(
        name=NAME,
        label=_("an invitation is answered"),
        services=("delegations.invitations.services.answers.answer",),
        known_to=KnownTo("the desks of the summit, once the answer is stored", _answered),
        summit=lambda reply: reply.invitation.party.summit,
        subject_key=key_of,
        version=once,
        payload=AnsweredData,
        build_payload=_payload,
    )
)
