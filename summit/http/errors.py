"""Error pages. What one may not see looks like what isn't there."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string

from summit.api.problems import plain
from summit.http.middleware import is_personal
from summit.http.public import blind

API = "/api/"


def _page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    if request.path_info.startswith(API):
        names = {400: "parameters", 403: "forbidden", 404: "not-found"}
        return plain(names[status], headers={"Cache-Control": "no-store"})
    # The session of a request that failed early may not be there; the page needs none.
    if not is_personal(request.path_info):
        blind(request)
    at_desk = request.path_info.startswith("/admin/")
    context = {"status": status, "reason": reason, "at_desk": at_desk}
    content = render_to_string("errors/error.html", context, request)
    return HttpResponse(content, status=status, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400. Where the query itself can't be read, the page is made without it."""
    try:
        _query = request.GET
    except SuspiciousOperation:
        request.GET = QueryDict()
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the sentence that says who can."""
    return _page(request, 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: one page for all that isn't there."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without a query and without the reader's request in it."""
    if request.path_info.startswith(API):
        return plain("failed", headers={"Cache-Control": "no-store"})
    return HttpResponse(render_to_string("errors/500.html"), status=500, headers={"Cache-Control": "no-store"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was open too long, or cookies are off."""
    return _page(request, 403, "csrf")
