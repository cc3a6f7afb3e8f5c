"""The application's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PressConfig(AppConfig):
    """Texts, their editions and when they may be read."""

    name = "press"
    label = "press"
    verbose_name = _("Press office")
    desk_place = 3

    def ready(self) -> None:
        """Register this app's messages, rules and addresses with the ground floor."""
        from press import (  # noqa: F401
            alarm_messages,
            charts,
            events,
            held_messages,
            intakes,
            messages,
            occasion,
            panels,
            permissions,
            routes,
            routes_of_api,
            search,
            todo,
            transfer_policy,
            words,
        )
        from press.domain import arming, finding, following, forgetting, keeping, merging  # noqa: F401
