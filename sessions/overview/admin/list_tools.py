"""The link above the list of sessions for the upload of another conference's schedule."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from summit.permissions.rules import allows


class ToolsMixin:
    """Adds links above the list of sessions: (URL, label) pairs in `tools`."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list. For users who may edit the draft, it has a link to upload a schedule."""
        changelist = super().get_changelist_instance(request)  # type: ignore[misc]
        if allows(request.user, "agenda.edit", None):
            changelist.tools = [(reverse("admin:agenda_scheduleimportfile_upload"), _("Upload schedule"))]
        return changelist
