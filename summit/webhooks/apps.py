"""Webhooks: events of a summit to other systems, by rows first, as the outbox does with mail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HooksConfig(AppConfig):
    """Endpoints, deliveries and what became of them."""

    name = "summit.webhooks"
    label = "hooks"
    verbose_name = _("Webhooks")
    desk_place = 4

    def ready(self) -> None:
        """Register this app's messages, rules, addresses and metrics."""
        from summit.webhooks import (
            audit_messages,  # noqa: F401
            dashboard,  # noqa: F401
            messages,  # noqa: F401
            metrics,  # noqa: F401
            outbound_pause,  # noqa: F401
            permissions,  # noqa: F401
            routes,  # noqa: F401
            transfer_policy,  # noqa: F401
        )
