"""The pages that end an outbound pause.

An organiser ends the pause of a summit that came from an archive or a backup. A superuser ends the pause of a whole
installation that is a copy.
"""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.admin_base.dashboard import Task, Urgency, cached_on_request, desk_task
from summit.admin_base.pages import desk_page
from summit.admin_base.summit_pages import summit_page
from summit.summits import installation, outbound_pause
from summit.summits.models import Summit, host
from summit.summits.outbound_pause import InstallationPaused, NotPaused
from summit.users.models import User


@summit_page("summit/arm/<slug:slug>/", "summit_resume", do=outbound_pause.RESUME)
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show which items would be sent and which cancelled (GET), or end the summit's pause (POST)."""
    if request.method == "POST":
        try:
            number = outbound_pause.resume(summit=summit, by=user)
        except (NotPaused, InstallationPaused) as refused:
            messages.warning(request, str(refused))
        else:
            message = ngettext(
                "The summit now sends messages. %(n)d message from before its arrival was cancelled.",
                "The summit now sends messages. %(n)d messages from before its arrival were cancelled.",
                number,
            )
            none = _("The summit now sends messages.")
            messages.success(request, message % {"n": number} if number else none)
        return redirect("admin:index")
    context = {
        **admin.site.each_context(request),
        "title": _("Resume sending for the summit"),
        "summit": summit,
        "installation": installation.find_silent(),
        "can_resume_installation": installation.can_resume(user),
        "waiting": outbound_pause.waiting(summit) if summit.is_paused else [],
    }
    return TemplateResponse(request, "admin/backoffice/outbound_pause.html", context)


@desk_page("arm/", "resume", "GET POST", do=installation.RESUME)
def page_of_all(request: HttpRequest) -> HttpResponse:
    """Show which items of the whole installation would be sent and which cancelled (GET), or end its pause (POST)."""
    user = request.user
    if request.method == "POST" and isinstance(user, User):
        try:
            number = installation.resume(by=user)
        except NotPaused as refused:
            messages.warning(request, str(refused))
        else:
            message = ngettext(
                "The installation now sends messages. %(n)d message from before its arrival was cancelled.",
                "The installation now sends messages. %(n)d messages from before its arrival were cancelled.",
                number,
            )
            none = _("The installation now sends messages.")
            messages.success(request, message % {"n": number} if number else none)
        return redirect("admin:index")
    paused = installation.noticed()
    context = {
        **admin.site.each_context(request),
        "title": _("Resume sending for the installation"),
        "installation": paused,
        "former": "" if paused is None or paused.host == host() else paused.host,
        "waiting": installation.waiting(paused) if paused else [],
        "summits": [(row, outbound_pause.waiting(row)) for row in installation.summits_of(paused)] if paused else [],
    }
    return TemplateResponse(request, "admin/backoffice/outbound_pause_all.html", context)


@desk_task.register(1)
def copied(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task if the installation is paused and the user may end its pause."""
    if not isinstance(request.user, User) or not installation.can_resume(request.user):
        return
    if cached_on_request(request, "installation", installation.find_silent) is not None:
        message = _(
            "This installation sends nothing because it is a copy or was paused. Check what is waiting, then "
            "resume sending."
        )
        yield Task(message, Urgency.LATE, reverse("admin:resume"), installation.RESUME)
