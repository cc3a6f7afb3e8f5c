"""The page that searches people, parties, sessions and texts."""

from django.contrib.admin.sites import site
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from summit.admin_base import search
from summit.admin_base.pages import desk_page


@desk_page("search/", "search")
def search_page(request: HttpRequest) -> HttpResponse:
    """Show the results for `?q=` in the chosen summit, by kind, with the number of each.

    With `?everywhere=1`, search all summits of the user.
    """
    context = site.each_context(request)
    wanted = request.GET.get("q", "").replace("\0", "").strip()[: search.LONGEST]
    everywhere = len(context["desk_summits"]) < 2 or "everywhere" in request.GET
    results = search.find(request, wanted, None if everywhere else context["desk_summit"])
    query = {"q": wanted, "summit": getattr(context["desk_summit"], "slug", "")}
    context |= {
        "title": _("Search"),
        "wanted": wanted,
        "everywhere": "" if everywhere else f"?{urlencode({**query, 'everywhere': '1'})}",
        "too_short": not search.split_terms(wanted),
        "found": results,
        "total": sum(entry.total for entry in results),
    }
    return TemplateResponse(request, "admin/backoffice/search_page.html", context)
