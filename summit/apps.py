"""The app configurations of `summit` and of the admin site."""

from typing import Any

from django.apps import apps as global_apps
from django.apps.registry import Apps
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from summit.core import error_reports, process_metrics, sqlite_limits, text_normalisation
from summit.core.app_config import RegisteringConfig
from summit.core.field_error_messages import speak

# Before any form is imported, since form fields copy the messages when they are created.
speak()


def make_chain(*, using: str, apps: Apps = global_apps, **kwargs: Any) -> None:
    """Create the single row of the audit chain if it is missing, such as after `manage.py flush`."""
    try:
        chain = apps.get_model("summit", "AuditChain")
    except LookupError:
        return
    chain._default_manager.using(using).get_or_create(pk=1)


# Modules that register something, besides those with a conventional name (summit.core.app_config).
REGISTERING = (
    "checks",
    "transfer_policy",
    "permissions.rules",
    "accounts.mfa_reencryption",
    "accounts.personal_data",
    "accounts.role_assignments",
    "accounts.signals",
    "single_sign_on.group_roles",
    "single_sign_on.links",
    "single_sign_on.personal_data",
    "single_sign_on.signals",
    "admin_base.boolean_display",
    "import_export.export_admin",
    "import_export.export_job",
    "import_export.export_download",
    "import_export.export_services",
    "import_export.list_import",
    "imports.jobs",
    "imports.services",
    "imports.personal_data",
    "maintenance.metrics",
    "backoffice.charts",
    "backoffice.onboarding.pages",
    "backoffice.outbound_pause",
    "backoffice.palette",
    "backoffice.search_page",
    "backoffice.emblem_page",
    "backoffice.settings_page",
    "backoffice.undo",
    "summits.paused_sending",
    "transfer.exporter",
    "uploads.scanning",
    "uploads.metrics",
    "transfer.importer",
)


class SummitConfig(RegisteringConfig):
    """The app of summits, venues, people, accounts, roles and the audit."""

    name = "summit"
    label = "summit"
    verbose_name = _("The summit")
    registering = REGISTERING
    menu_place = "settings"

    def ready(self) -> None:
        """Import the modules that register something, and connect the signals."""
        super().ready()
        error_reports.start()
        post_migrate.connect(make_chain, sender=self)
        connection_created.connect(sqlite_limits.connected, dispatch_uid="summit.limits")
        connection_created.connect(text_normalisation.connected, dispatch_uid="summit.fold")
        connection_created.connect(process_metrics.measure_connection, dispatch_uid="summit.measure")


class AdminConfig(DjangoAdminConfig):
    """The configuration of Django's admin with this project's site.

    On this site roles decide on permissions, and people sign in by allauth.
    """

    default_site = "summit.backoffice.site.SummitAdminSite"
