"""The outbox: every message that leaves the system is a row here first."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Messages, their delivery and what became of it."""

    name = "summit.outbox"
    label = "outbox"
    verbose_name = _("Outbox")
    desk_place = 4

    def ready(self) -> None:
        """Register the outbox's own kinds of message, rules, addresses and metrics."""
        from summit.outbox import (  # noqa: F401
            gauges,
            kinds,
            permissions,
            routes,
            todo,
            transfer_policy,
            words,
        )
        from summit.outbox.domain import arming, forgetting  # noqa: F401
