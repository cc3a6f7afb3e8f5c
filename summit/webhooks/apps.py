"""The app of webhooks: events for other systems are stored before they are sent, as mails are in the outbox."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that register something when they are imported: audit messages, permissions, messages, addresses.
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
    """The Django app of endpoints and deliveries."""

    name = "summit.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
    desk_place = 4

    def ready(self) -> None:
        """Import the modules that register something."""
        for name in REGISTERING:
            import_module(f"summit.webhooks.{name}")
