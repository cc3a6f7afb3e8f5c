"""What other systems are told of parties and people: that something happened to which, and nothing of a person."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from delegations.models import Badge, Party, Reply
from summit.summits.models import Summit
from summit.webhooks import events as webhooks_events
from summit.webhooks.emit import Cause, emit, emit_many
from summit.webhooks.event_data import absolute, of_summit

ANSWERED = webhooks_events.declare("invitation.answered", _("an invitation is answered"))
ACCREDITED = webhooks_events.declare("person.accredited", _("a person gets a badge"))


def _party(party: Party) -> dict[str, str]:
    return {"id": party.public_id, "url": absolute("api-party", party.summit.slug, party.public_id)}


def answered(reply: Reply) -> None:
    """Tell that an invitation was answered, in the transaction that keeps the answer."""
    invitation = reply.invitation
    summit = invitation.party.summit
    emit(
        summit=summit,
        event=ANSWERED,
        subject_key=f"delegations.reply:{reply.public_id}",
        facts={
            "summit": of_summit(summit),
            "invitation": {"id": invitation.public_id, "session": invitation.occasion or None},
            "party": _party(invitation.party),
            "answer": str(reply.answer),
            "level": reply.level or None,
        },
    )


def accredited(summit: Summit, badges: Sequence[Badge]) -> None:
    """Tell who of a summit got badges, in the transaction that issues them. A badge's number opens doors: it stays
    here."""
    emit_many(
        summit=summit,
        causes=[
            Cause(
                ACCREDITED,
                f"delegations.badge:{badge.public_id}",
                facts={
                    "summit": of_summit(summit),
                    "person": {"id": badge.person.public_id},
                    "party": _party(badge.party),
                },
            )
            for badge in badges
        ],
    )
