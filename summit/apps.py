"""The ground floor's application, and the admin site that all apps register with."""

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


class SummitConfig(AppConfig):
    """Summits, venues, people, accounts, roles and the audit."""

    name = "summit"
    label = "summit"
    verbose_name = _("The summit")
    desk_place = 5

    def ready(self) -> None:
        """Register the checks, rules and addresses of this app."""
        from summit import (  # noqa: F401
            checks,
            messages,
            transfer_policy,
            words,
        )
        from summit.accounts import role_assignments, rotation, signals  # noqa: F401
        from summit.accounts import routes as account_routes  # noqa: F401
        from summit.api import import_definitions  # noqa: F401
        from summit.api import permissions as api_permissions  # noqa: F401
        from summit.api import routes as api_routes  # noqa: F401
        from summit.api import words as api_words  # noqa: F401
        from summit.desk import arming, search_page, setup  # noqa: F401
        from summit.desk import routes as desk_routes  # noqa: F401
        from summit.import_export import export_admin, import_job  # noqa: F401
        from summit.import_export import services as import_export_services
        from summit.jobs import export_job, exported_files  # noqa: F401
        from summit.maintenance import heartbeats
        from summit.permissions import route_table, rules  # noqa: F401
        from summit.privacy import ground_data  # noqa: F401

        heartbeats.clears(3)(exported_files.drop_old)
        heartbeats.clears(4)(import_export_services.drop_old)
        post_migrate.connect(make_chain, sender=self)
        connection_created.connect(sqlite_limits.connected, dispatch_uid="summit.limits")
        connection_created.connect(text_normalisation.connected, dispatch_uid="summit.fold")


class AdminConfig(DjangoAdminConfig):
    """Django's admin with this project's site: roles decide, sign-in by allauth."""

    default_site = "summit.desk.site.SummitAdminSite"
