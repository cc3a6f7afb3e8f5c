"""The REST API: its tokens, its rules of conversation, and the ground floor's viewsets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Tokens, what is kept of answers, and how much was asked."""

    name = "summit.api_base"
    label = "api"
    verbose_name = _("Programs")
    desk_place = 4

    def ready(self) -> None:
        """Register what the API stands on, and what has an end; the viewsets are registered by `summit.apps`."""
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
