"""New times in the admin: what was released on the day, and the consent to what an organiser must decide."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.delays.admin.day import day_url
from sessions.delays.models import Retiming
from sessions.delays.services import retiming
from sessions.draft.change_guards import Blocked
from sessions.releases.services.releases import DraftChanged, NothingToRelease
from sessions.speakers.services.speakers_list import SpeakersRefused
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS, ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import user_of
from summit.templatetags.moments import short_clock

SUMMIT_PATHS.update({Retiming: "summit"})


@admin.register(Retiming)
class RetimingAdmin(ReadOnlyAdmin):
    """New times of the day. They are read-only; those that wait for consent are decided by two buttons."""

    place = 7
    menu_group = MenuGroup.MORE
    list_display = ["asked", "asked_by", "state", "number", "reason", "summit"]
    row_source = RowSource(gettext_lazy("A row is added each time that sessions get new times on the day page."))
    list_filter = ["summit", "state"]
    list_select_related = ["summit", "asked_by", "release"]
    fields = readonly_fields = ("asked", "asked_by", "state", "times", "reason", "decided", "decided_by", "number")
    nothing_yet = gettext_lazy("No session got a new time on the day yet.")

    @admin.display(description=gettext_lazy("proposed"), ordering="asked_at")
    def asked(self, row: Retiming) -> str:
        """Return when the new times were proposed, at the venue."""
        return short_clock(row.asked_at, row.summit)

    @admin.display(description=gettext_lazy("decided on"))
    def decided(self, row: Retiming) -> str:
        """Return when they were released or declined, at the venue."""
        return short_clock(row.decided_at, row.summit) if row.decided_at else "–"

    @admin.display(description=gettext_lazy("release"))
    def number(self, row: Retiming) -> str:
        """Return the number of the release."""
        return str(row.release.number) if row.release else "–"

    @admin.display(description=gettext_lazy("new times"))
    def times(self, row: Retiming) -> str:
        """Return how many sessions get a new time or room."""
        return str(len(row.plan))

    @model_page("<int:pk>/approve/", "approve", "POST", do="agenda.release_agenda")
    def approve_view(self, request: HttpRequest, row: Retiming) -> HttpResponse:
        """Release new times that wait for consent."""
        return _decided(request, row, retiming.approve, _("New times released as agenda %(number)d."))

    @model_page("<int:pk>/decline/", "decline", "POST", do="agenda.release_agenda")
    def decline_view(self, request: HttpRequest, row: Retiming) -> HttpResponse:
        """Decline new times that wait for consent."""
        return _decided(request, row, retiming.decline, _("New times declined. The agenda stays as it is."))


def _decided(request: HttpRequest, row: Retiming, decide: Callable[..., Retiming], done: str) -> HttpResponse:
    try:
        made = decide(retiming=row, by=user_of(request))
    except (retiming.AlreadyDecided, DraftChanged, NothingToRelease, Blocked, SpeakersRefused) as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, done % {"number": made.release.number if made.release else 0})
    return redirect(day_url(row.summit))
