"""What the list of sessions offers beside its rows: the schedule of another conference to upload."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from summit.permissions.rules import allows


class ToolsMixin:
    """Gives the list its tools: addresses with what they are called."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list with the way to upload a schedule, for those who edit the draft."""
        found = super().get_changelist_instance(request)  # type: ignore[misc]
        if allows(request.user, "agenda.edit", None):
            found.tools = [(reverse("admin:agenda_scheduleimportfile_upload"), _("Upload a schedule"))]
        return found
