"""The REST API: its tokens, the protocol that all viewsets share, and the viewsets of the app `summit`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """The app with the API's tokens, its stored responses and its counts of requests."""

    name = "summit.api_base"
    label = "api"
    verbose_name = _("API clients")
    menu_place = "settings"

    def ready(self) -> None:
        """Register the API's rules, its error messages and the sweeps that delete its old rows.

        `summit.apps` registers the viewsets.
        """
        from summit.api_base import (
            field_error_messages,
            idempotency,
            permissions,  # noqa: F401
            throttling,
            transfer_policy,  # noqa: F401
        )
        from summit.maintenance import heartbeats

        field_error_messages.speak()
        heartbeats.clears(2)(idempotency.clear)
        heartbeats.clears(2)(throttling.clear)
