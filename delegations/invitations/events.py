"""The webhook event that is sent when an invitation is answered."""

from django.utils.translation import gettext_lazy as _

from delegations.invitations.models.invitations import Reply
from delegations.parties import event_data
from summit.webhooks import events as webhooks_events
from summit.webhooks.emit import emit
from summit.webhooks.event_data import of_summit

ANSWERED = webhooks_events.declare("invitation.answered", _("an invitation is answered"))


def answered(reply: Reply) -> None:
    """Emit the webhook event for an answer, in the transaction that stores the answer."""
    invitation = reply.invitation
    summit = invitation.party.summit
    emit(
        summit=summit,
        event=ANSWERED,
        subject_key=f"delegations.reply:{reply.public_id}",
        facts={
            "summit": of_summit(summit),
            "invitation": {"id": invitation.public_id, "session": invitation.occasion or None},
            "party": event_data.party_data(invitation.party),
            "answer": str(reply.answer),
            "level": reply.level or None,
        },
    )
