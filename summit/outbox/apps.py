"""The outbox: every message that leaves the system is a row here first."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that register what they hold with registries below them: audit messages, permissions, messages, addresses.
REGISTERING = (
    "audit_messages",
    "dashboard",
    "message_kinds",
    "metrics",
    "outbound_pause",
    "permissions",
    "personal_data",
    "routes",
    "transfer_policy",
)


class OutboxConfig(AppConfig):
    """Messages, their delivery and what became of it."""

    name = "summit.outbox"
    label = "outbox"
    verbose_name = _("Outbox")
    desk_place = 4

    def ready(self) -> None:
        """Import what registers itself."""
        for name in REGISTERING:
            import_module(f"summit.outbox.{name}")
