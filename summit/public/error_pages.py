"""Error pages. The page for an object that the user may not see is the same as for one that doesn't exist."""

import logging
import sys

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string

from summit.api_base import problems
from summit.api_base.problems import plain
from summit.public.language_middleware import Handler
from summit.public_base.public_pages import blind, is_personal, mark_same_for_everybody

API = "/api/"
logger = logging.getLogger(__name__)


def _page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    if request.path_info.startswith(API):
        names = {400: "parameters", 403: "forbidden", 404: "not-found"}
        return plain(names[status], headers={"Cache-Control": "no-store"})
    # A request that failed early may have no session yet. The error page needs none.
    personal = is_personal(request.path_info)
    if not personal:
        blind(request)
    at_desk = request.path_info.startswith("/admin/")
    context = {"status": status, "reason": reason, "at_desk": at_desk}
    content = render_to_string("errors/error.html", context, request)
    response = HttpResponse(content, status=status, headers={"Cache-Control": "no-store"})
    if not personal:
        mark_same_for_everybody(response)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a 400. If the query string can't be parsed, it is replaced by an empty one."""
    try:
        _query = request.GET
    except SuspiciousOperation:
        request.GET = QueryDict()
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a 403, with the exception's message, which says who can do this."""
    return _page(request, 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a 404, which is the same for all URLs."""
    return _page(request, 404)


def busy(request: HttpRequest, problem: OperationalError) -> HttpResponse:
    """Return a 503 for a database that is locked or full, and a 504 for one that this host can't reach.

    For a 504, a proxy in front of several hosts asks another one. Makes no query, because it could fail too.
    """
    about = problems.busy(problem)
    if request.path_info.startswith(API):
        return problems.plain_response(about)
    content = render_to_string("errors/503.html", {"full": about.kind.name == "full"})
    return HttpResponse(content, status=about.status_code, headers=about.headers)


class BusyMiddleware:
    """Return a 503 or 504 if a view couldn't use the database, or couldn't record who sees personal data."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's response."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return a 503 or 504 for an OperationalError. Return None for any other error, which is a bug."""
        if not isinstance(exception, OperationalError):
            return None
        logger.error("the database is busy: %s", exception, exc_info=exception)
        return busy(request, exception)


class MethodMiddleware:
    """Replace a 405 for a GET by a page that explains it, because browsers show an empty page for a bare 405."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's response. A 405 for a GET outside the API is replaced by a page with the same `Allow`."""
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or request.path_info.startswith(API):
            return response
        page = _page(request, 405)
        page["Allow"] = response["Allow"]
        return page


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the page for a 500, or a 503 or 504 if a middleware raised an OperationalError.

    The page is rendered without a query and without the request.
    """
    problem = sys.exc_info()[1]
    if isinstance(problem, OperationalError):
        return busy(request, problem)
    if request.path_info.startswith(API):
        return plain("failed", headers={"Cache-Control": "no-store"})
    return HttpResponse(render_to_string("errors/500.html"), status=500, headers={"Cache-Control": "no-store"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the page for a 403 of the CSRF check: the form was open too long, or cookies are off."""
    return _page(request, 403, "csrf")
