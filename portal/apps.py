"""The application's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """What delegates see, composed from the apps below; and the commands that span them all."""

    name = "portal"
    label = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        """Register this app's addresses with the ground floor."""
        from portal import (
            audit_messages,  # noqa: F401
            routes,  # noqa: F401
        )
