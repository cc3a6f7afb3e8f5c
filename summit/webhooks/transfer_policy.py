"""The transfer of webhooks: they move with their summit, turned off and with a new secret for the receiver."""

from typing import Any

from django.db.models import Q

from summit.core.database_clock import db_now
from summit.core.transfer_registry import moves
from summit.summits.models import Summit
from summit.webhooks.models.endpoints import EndpointKind, OffWhy


def _arrive(row: Any, summit: Summit) -> None:
    row.enabled, row.off_why, row.off_at = False, OffWhy.MOVED, db_now()


moves(
    "webhooks.Endpoint",
    without=(
        *("secret", "secret_shown_at", "former_secret", "former_until"),
        *("enabled", "off_why", "off_at", "failing_since", "given_up", "handed_until"),
    ),
    # A hub belongs to the deployment, so it doesn't move.
    where=Q(kind=EndpointKind.WEBHOOK),
    arrive=_arrive,
)
