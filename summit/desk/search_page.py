"""The page that finds people, parties, sessions and texts."""

from django.contrib.admin.sites import site
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from summit.desk import search
from summit.desk.site import desk_page


@desk_page("search/", "search")
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what `?q=` finds, by kind, with how many there are of each."""
    context = site.each_context(request)
    wanted = request.GET.get("q", "").replace("\0", "").strip()[: search.LONGEST]
    found = search.find(request, wanted, context.get("desk_summit"))
    context |= {
        "title": _("Search"),
        "wanted": wanted,
        "too_short": not search.words_of(wanted),
        "found": found,
        "total": sum(entry.total for entry in found),
    }
    return TemplateResponse(request, "admin/search/page.html", context)
