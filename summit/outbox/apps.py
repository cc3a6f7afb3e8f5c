"""The app of the outbox: every mail is stored here before it is sent."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register something, besides those with a conventional name (summit.core.app_config).
REGISTERING = (
    "bounces",
    "dashboard",
    "metrics",
    "outbound_pause",
    "personal_data",
    "transfer_policy",
)


class OutboxConfig(RegisteringConfig):
    """The Django app of messages and their delivery."""

    name = "summit.outbox"
    label = "outbox"
    verbose_name = _("Outbox")
    registering = REGISTERING
    menu_place = "settings"
