"""The application's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    """The agenda. Django has an app labelled sessions, hence the label."""

    name = "sessions"
    label = "programme"
    verbose_name = _("Agenda")
    desk_place = 1

    def ready(self) -> None:
        """Register this app's messages, rules and addresses with the ground floor."""
        from sessions import (  # noqa: F401
            events,
            floor_messages,
            holdings,
            intakes,
            messages,
            occasions,
            panels,
            permissions,
            reading,
            removal_messages,
            routes,
            routes_of_api,
            search,
            signup_messages,
            todo,
            transfer_policy,
            words,
        )
        from sessions.api import refusals  # noqa: F401
        from sessions.domain import feeds, floor, forgetting, merging, signups  # noqa: F401
        from sessions.domain.incoming import kept, uploads  # noqa: F401
