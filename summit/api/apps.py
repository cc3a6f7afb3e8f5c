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
        """Register the rules, the addresses, the words, and what has an end."""
        from summit.api import (  # noqa: F401
            field_words,
            permissions,
            routes,
            transfer_policy,
            words,
        )
        from summit.api.domain import answers, spending
        from summit.api.places import Rooms, Venues
        from summit.api.team import Roles
        from summit.import_export import import_job  # noqa: F401
        from summit.import_export import services as import_export_services
        from summit.import_export.registry import Intake, take_in
        from summit.maintenance import heartbeats

        field_words.speak()
        for resource, keys in ((Venues, ("name",)), (Rooms, ("venue", "name"))):
            take_in(Intake(resource, keys))
        told = {"email": (_("E-mail"), lambda row: row.user.email), "name": (_("Name"), lambda row: row.user.name)}
        take_in(Intake(Roles, ("email", "role"), told))
        heartbeats.clears(4)(import_export_services.drop_old)
        heartbeats.clears(2)(answers.clear)
        heartbeats.clears(2)(spending.clear)
