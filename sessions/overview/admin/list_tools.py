"""Tools above the list of sessions: a link to upload the schedule of another conference."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from summit.permissions.rules import allows


class ToolsMixin:
    """Adds tools to the list of sessions: pairs of an address and a label."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, with a link to upload a schedule for users who may edit the draft."""
        found = super().get_changelist_instance(request)  # type: ignore[misc]
        if allows(request.user, "agenda.edit", None):
            found.tools = [(reverse("admin:agenda_scheduleimportfile_upload"), _("Upload a schedule"))]
        return found
