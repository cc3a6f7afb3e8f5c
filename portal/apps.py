"""The Django application configuration of the portal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Application configuration: the delegates' portal, composed from the other apps, and commands that span them."""

    name = "portal"
    label = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        """Register the app's audit messages, and the scopes of the API, whose URLs this app composes."""
        from portal import (
            api_urls,  # noqa: F401
            audit_messages,  # noqa: F401
        )
        from portal.views import single_sign_on  # noqa: F401
