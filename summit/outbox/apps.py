"""The app of the outbox: every mail is stored here before it is sent."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that register something when they are imported: audit messages, permissions, messages, addresses.
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
    """The Django app of messages and their delivery."""

    name = "summit.outbox"
    label = "outbox"
    verbose_name = _("Outbox")
    desk_place = 4

    def ready(self) -> None:
        """Import the modules that register something."""
        for name in REGISTERING:
            import_module(f"summit.outbox.{name}")
