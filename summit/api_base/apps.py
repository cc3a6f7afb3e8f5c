"""The REST API: its tokens, the protocol that all viewsets share, and the viewsets of the app `summit`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """The app with the tokens, the stored answers and the request counts of the API."""

    name = "summit.api_base"
    label = "api"
    verbose_name = _("Programs")
    desk_place = 4

    def ready(self) -> None:
        """Register the rules of the API and what is deleted after some time. The viewsets are registered by
        `summit.apps`."""
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
