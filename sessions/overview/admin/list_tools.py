"""The links above the list of sessions: the day that one runs, and the upload of another schedule."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sessions.delays.admin.day import day_url
from sessions.draft.permissions import can_run_day
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.permissions.rules import allows


class ToolsMixin:
    """Adds links above the list of sessions: (URL, label) pairs in `tools`."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list with links to the day and, for who edits the draft, to upload a schedule."""
        changelist = super().get_changelist_instance(request)  # type: ignore[misc]
        summit = chosen_summit(request, summits_of(request))
        changelist.tools = [(day_url(summit), _("Today"))] if summit else []
        if summit is not None and can_run_day(request.user, summit):
            changelist.tools += [
                (reverse("admin:agenda_session_presence_day", args=[summit.slug]), _("Presence")),
                (reverse("admin:agenda_session_unreached", args=[summit.slug]), _("Who hasn’t been reached?")),
            ]
        if allows(request.user, "agenda.edit", None):
            changelist.tools += [(reverse("admin:agenda_scheduleimportfile_upload"), _("Upload schedule"))]
        return changelist
