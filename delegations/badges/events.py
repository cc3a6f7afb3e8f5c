"""The webhook event that is sent when a person gets a badge."""

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
    """Emit an event for each badge of a summit, in the transaction that issues them.

    The event names the person and the party. It doesn't contain the badge's number, because the number opens doors.
    """
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
