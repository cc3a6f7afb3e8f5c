"""The app of the outbox: every mail is stored here before it is sent."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register something when they are imported: audit messages, permissions, messages, addresses.
REGISTERING = (
    "audit_messages",
    "bounces",
    "dashboard",
    "messages",
    "metrics",
    "outbound_pause",
    "permissions",
    "personal_data",
    "transfer_policy",
)


class OutboxConfig(RegisteringConfig):
    """The Django app of messages and their delivery."""

    name = "summit.outbox"
    label = "outbox"
    verbose_name = _("Outbox")
    registering = REGISTERING
    desk_place = 4
