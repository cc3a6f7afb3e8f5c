"""The app of jobs: work that takes too long for a request. Workers do it in steps, and pages show the progress."""

from django.utils.translation import gettext_lazy as _

from summit.core.app_config import RegisteringConfig

# Modules that register something, besides those with a conventional name (summit.core.app_config).
REGISTERING = (
    "audit_verification",
    "dashboard",
    "metrics",
    "views",
)


class JobsConfig(RegisteringConfig):
    """The Django app of jobs."""

    name = "summit.jobs"
    label = "jobs"
    verbose_name = _("Background jobs")
    registering = REGISTERING
