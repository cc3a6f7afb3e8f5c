"""Webhooks: events of a summit to other systems, by rows first, as the outbox does with mail."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that register what they hold with registries below them: audit messages, permissions, messages, addresses.
REGISTERING = (
    "audit_messages",
    "dashboard",
    "messages",
    "metrics",
    "outbound_pause",
    "permissions",
    "routes",
    "transfer_policy",
)


class HooksConfig(AppConfig):
    """Endpoints, deliveries and what became of them."""

    name = "summit.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
    desk_place = 4

    def ready(self) -> None:
        """Import what registers itself."""
        for name in REGISTERING:
            import_module(f"summit.webhooks.{name}")
