"""The webhook event of a badge: that somebody got one, and nothing more of them."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from delegations.badges.models.badges import Badge
from delegations.parties import event_data
from summit.summits.models import Summit
from summit.webhooks import events as webhooks_events
from summit.webhooks.emit import Cause, emit_many
from summit.webhooks.event_data import of_summit

ACCREDITED = webhooks_events.declare("person.accredited", _("a person gets a badge"))


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
                    "party": event_data.party_data(badge.party),
                },
            )
            for badge in badges
        ],
    )
