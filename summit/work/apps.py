"""Long work: what takes longer than a page may, done in steps by the workers, with its progress to look at."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    """Jobs, their steps and what came of them."""

    name = "summit.work"
    label = "work"
    verbose_name = _("Long work")

    def ready(self) -> None:
        """Register the ground floor's own kinds of work, the pages and the words."""
        from summit.maintenance import heartbeats
        from summit.work import chain, exporting, panels, permissions, routes, views, words  # noqa: F401
        from summit.work.domain import tables

        heartbeats.clears(3)(tables.drop_old)
