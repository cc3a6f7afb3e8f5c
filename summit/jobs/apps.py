"""Long work: what takes longer than a page may, done in steps by the workers, with its progress to look at."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that register what they hold with registries below them: audit messages, permissions, messages, addresses.
REGISTERING = (
    "audit_messages",
    "audit_verification",
    "dashboard",
    "permissions",
    "routes",
    "views",
)


class WorkConfig(AppConfig):
    """Jobs, their steps and what came of them."""

    name = "summit.jobs"
    label = "jobs"
    verbose_name = _("Long work")

    def ready(self) -> None:
        """Import what registers itself."""
        for name in REGISTERING:
            import_module(f"summit.jobs.{name}")
