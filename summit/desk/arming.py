"""The page on which an organiser lets a summit send that came here from an archive or a backup."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.desk.places import summit_page
from summit.domain import arming
from summit.domain.arming import NotDisarmed
from summit.models import Summit, User


@summit_page("summit/arm/<slug:slug>/", "summit_arm", rule=arming.ARM, post=arming.ARM)
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """GET says what would go out and what would be cancelled; POST arms."""
    if request.method == "POST":
        try:
            number = arming.arm(summit=summit, by=user)
        except NotDisarmed as refused:
            messages.warning(request, str(refused))
        else:
            said = ngettext(
                "The summit sends from now on. %(n)d thing that was older than its arrival is cancelled.",
                "The summit sends from now on. %(n)d things that were older than its arrival are cancelled.",
                number,
            )
            none = _("The summit sends from now on.")
            messages.success(request, said % {"n": number} if number else none)
        return redirect("admin:index")
    context = {
        **admin.site.each_context(request),
        "title": _("Let the summit send"),
        "summit": summit,
        "waiting": arming.waiting(summit) if summit.is_disarmed else [],
    }
    return TemplateResponse(request, "admin/arming.html", context)
