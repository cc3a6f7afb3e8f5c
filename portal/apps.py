"""The Django application configuration of the portal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Application configuration: the delegates' portal, composed from the other apps, and commands that span them."""

    name = "portal"
    label = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        """Register the app's permissions and audit messages."""
        from portal import (
            audit_messages,  # noqa: F401
            routes,  # noqa: F401
        )
