"""The links above the list of sessions: the day that one runs, and the upload of another conference's schedule."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sessions.delays.admin.day import day_url
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.permissions.rules import allows


class ToolsMixin:
    """Adds links above the list of sessions: (URL, label) pairs in `tools`."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list with a link to the day and, for users who may edit the draft, one to upload a schedule."""
        changelist = super().get_changelist_instance(request)  # type: ignore[misc]
        summit = chosen_summit(request, summits_of(request))
        changelist.tools = [(day_url(summit), _("Today"))] if summit is not None else []
        if allows(request.user, "agenda.edit", None):
            changelist.tools += [(reverse("admin:agenda_scheduleimportfile_upload"), _("Upload schedule"))]
        return changelist
