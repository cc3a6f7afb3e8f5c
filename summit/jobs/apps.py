"""The app of jobs: work that takes too long for a request. Workers do it in steps, and pages show the progress."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that register something when they are imported: audit messages, permissions, pages, addresses.
REGISTERING = (
    "audit_messages",
    "audit_verification",
    "dashboard",
    "permissions",
    "routes",
    "views",
)


class WorkConfig(AppConfig):
    """The Django app of jobs."""

    name = "summit.jobs"
    label = "jobs"
    verbose_name = _("Long work")

    def ready(self) -> None:
        """Import the modules that register something."""
        for name in REGISTERING:
            import_module(f"summit.jobs.{name}")
