"""The application's place in Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DelegationsConfig(AppConfig):
    """Parties, people and invitations."""

    name = "delegations"
    label = "delegations"
    verbose_name = _("Delegations")
    desk_place = 2

    def ready(self) -> None:
        """Register this app's messages, rules and addresses with the ground floor."""
        from delegations import (  # noqa: F401
            charts,
            desks,
            events,
            intakes,
            messages,
            notices,
            own_data_notice,
            panels,
            permissions,
            routes,
            routes_of_api,
            routes_of_badges,
            search,
            setup,
            todo,
            todo_of_reminders,
            todo_of_visas,
            transfer_policy,
            words,
            words_of_badges,
            words_of_categories,
        )
        from delegations.domain import (  # noqa: F401
            arming,
            badges,
            categories,
            digests,
            forgetting,
            handovers,
            mentions,
            overpasses,
        )
