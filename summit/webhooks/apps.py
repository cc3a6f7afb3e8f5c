"""The app of webhooks. Events for other systems are stored before they are sent, like mails in the outbox."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register something, besides those with a conventional name (summit.core.app_config).
REGISTERING = (
    "dashboard",
    "metrics",
    "outbound_pause",
    "transfer_policy",
)


class WebhooksConfig(RegisteringConfig):
    """The Django app of endpoints and deliveries."""

    name = "summit.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
    registering = REGISTERING
    menu_place = "settings"
