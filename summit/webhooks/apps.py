"""The app of webhooks. Events for other systems are stored before they are sent, like mails in the outbox."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register something when they are imported: audit messages, permissions, messages, addresses.
REGISTERING = (
    "audit_messages",
    "dashboard",
    "messages",
    "metrics",
    "outbound_pause",
    "permissions",
    "transfer_policy",
)


class WebhooksConfig(RegisteringConfig):
    """The Django app of endpoints and deliveries."""

    name = "summit.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
    registering = REGISTERING
    desk_place = 4
