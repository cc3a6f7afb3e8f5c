"""Long work: what takes longer than a page may, done in steps by the workers, with its progress to look at."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    """Jobs, their steps and what came of them."""

    name = "summit.jobs"
    label = "work"
    verbose_name = _("Long work")

    def ready(self) -> None:
        """Register the ground floor's own kinds of work, the pages and the words."""
        from summit.jobs import (
            audit_messages,  # noqa: F401
            audit_verification,  # noqa: F401
            dashboard,  # noqa: F401
            permissions,  # noqa: F401
            routes,  # noqa: F401
            views,  # noqa: F401
        )
