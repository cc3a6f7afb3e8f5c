"""The REST API: its tokens, its rules of conversation, and the ground floor's resources."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Tokens, what is kept of answers, and how much was asked."""

    name = "summit.api"
    label = "api"
    verbose_name = _("Programs")
    desk_place = 4

    def ready(self) -> None:
        """Register what the API stands on, and what has an end; the resources are registered by `summit.apps`."""
        from summit.api import field_words, permissions, transfer_policy  # noqa: F401
        from summit.api.domain import answers, spending
        from summit.maintenance import heartbeats

        field_words.speak()
        heartbeats.clears(2)(answers.clear)
        heartbeats.clears(2)(spending.clear)
