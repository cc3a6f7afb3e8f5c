"""The audit in the admin: to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from summit.desk.base import SummitModelAdmin
from summit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(SummitModelAdmin):
    """Who did what."""

    list_display = ["at", "actor", "action", "object_type", "object_key", "position"]
    list_filter = ["action"]
    list_select_related = ["by"]
    search_fields = ["object_key", "action"]

    @admin.display(description=_("by"))
    def actor(self, row: AuditEntry) -> str:
        """Show the account, or what acted without one."""
        return str(row.by) if row.by else row.by_label

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds entries by hand."""
        return False
