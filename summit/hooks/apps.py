"""Webhooks: events of a summit to other systems, by rows first, as the outbox does with mail."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HooksConfig(AppConfig):
    """Endpoints, deliveries and what became of them."""

    name = "summit.hooks"
    label = "hooks"
    verbose_name = _("Webhooks")
    desk_place = 4

    def ready(self) -> None:
        """Register this app's messages, rules, addresses and metrics."""
        from summit.hooks import gauges, messages, moving, permissions, routes, todo, words  # noqa: F401
        from summit.hooks.domain import arming  # noqa: F401
