"""The ground floor's application, and the admin site that all apps register with."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils.translation import gettext_lazy as _


class SummitConfig(AppConfig):
    """Summits, venues, people, accounts, roles and the audit."""

    name = "summit"
    label = "summit"
    verbose_name = _("Summit")

    def ready(self) -> None:
        """Register the checks and the rules of this app."""
        from summit import checks, permissions  # noqa: F401


class AdminConfig(DjangoAdminConfig):
    """Django's admin with this project's site: roles decide, sign-in by allauth."""

    default_site = "summit.desk.site.SummitAdminSite"
