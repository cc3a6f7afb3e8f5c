"""The audit in the admin: to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from summit.desk.base import ReadOnlyAdmin
from summit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what."""

    list_display = ["at", "actor", "action", "object_type", "object_key", "position"]
    list_filter = ["action"]
    list_select_related = ["by"]
    search_fields = ["object_key", "action"]

    @admin.display(description=_("by"))
    def actor(self, row: AuditEntry) -> str:
        """Show the account, or what acted without one."""
        return str(row.by) if row.by else row.by_label
