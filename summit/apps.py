"""The ground floor's application, and the admin site that all apps register with."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.apps import apps as global_apps
from django.apps.registry import Apps
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from summit.core import sqlite_limits, text_normalisation
from summit.core.field_error_messages import speak

# Before any form is imported.
speak()


def make_chain(*, using: str, apps: Apps = global_apps, **kwargs: Any) -> None:
    """Make the audit chain's single row where it is missing: `manage.py flush` takes it away."""
    try:
        chain = apps.get_model("summit", "AuditChain")
    except LookupError:
        return
    chain._default_manager.using(using).get_or_create(pk=1)


# Modules that register what they hold with registries below them: checks, audit messages, permissions, addresses.
REGISTERING = (
    "checks",
    "transfer_policy",
    "audit_messages",
    "permissions.route_table",
    "permissions.rules",
    "accounts.key_rotation",
    "accounts.messages",
    "accounts.personal_data",
    "accounts.role_assignments",
    "accounts.routes",
    "accounts.signals",
    "admin_base.boolean_display",
    "admin_base.routes",
    "import_export.export_admin",
    "import_export.export_job",
    "import_export.exported_file_page",
    "import_export.exported_files",
    "import_export.import_job",
    "import_export.services",
    "api_base.permissions",
    "api.audit_messages",
    "api.import_definitions",
    "api.routes",
    "backoffice.onboarding_pages",
    "backoffice.outbound_pause",
    "backoffice.search_page",
)


class SummitConfig(AppConfig):
    """Summits, venues, people, accounts, roles and the audit."""

    name = "summit"
    label = "summit"
    verbose_name = _("The summit")
    desk_place = 5

    def ready(self) -> None:
        """Import what registers itself."""
        for name in REGISTERING:
            import_module(f"summit.{name}")
        post_migrate.connect(make_chain, sender=self)
        connection_created.connect(sqlite_limits.connected, dispatch_uid="summit.limits")
        connection_created.connect(text_normalisation.connected, dispatch_uid="summit.fold")


class AdminConfig(DjangoAdminConfig):
    """Django's admin with this project's site: roles decide, sign-in by allauth."""

    default_site = "summit.backoffice.site.SummitAdminSite"
