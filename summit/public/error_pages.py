"""Error pages. What one may not see looks like what isn't there."""

import logging
import sys

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string

from summit.api_base.problems import BUSY_FOR, plain
from summit.public.language_middleware import Handler
from summit.public_base.public_pages import blind, is_personal

API = "/api/"
logger = logging.getLogger(__name__)


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


def busy(request: HttpRequest) -> HttpResponse:
    """503: the database is locked, full or away. Without a query, since none may come through."""
    headers = {"Cache-Control": "no-store", "Retry-After": str(BUSY_FOR)}
    if request.path_info.startswith(API):
        return plain("busy", headers=headers)
    return HttpResponse(render_to_string("errors/503.html"), status=503, headers=headers)


class BusyMiddleware:
    """Answers 503 where a view could not reach the database, or could not record who sees personal data."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what the database raised because of its state; anything else is an error of ours."""
        if not isinstance(exception, OperationalError):
            return None
        logger.error("%s %s: %s", request.method, request.path_info, exception, exc_info=exception)
        return busy(request)


class MethodMiddleware:
    """Says in words that an address takes forms only: a browser that is sent there would show nothing at all."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; what refuses to be read has a page then, with the same status and headers."""
        answer = self.get_response(request)
        if answer.status_code != 405 or request.method != "GET" or request.path_info.startswith(API):
            return answer
        page = _page(request, 405)
        page["Allow"] = answer["Allow"]
        return page


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without a query and without the reader's request in it; 503 where a middleware met a busy database."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return busy(request)
    if request.path_info.startswith(API):
        return plain("failed", headers={"Cache-Control": "no-store"})
    return HttpResponse(render_to_string("errors/500.html"), status=500, headers={"Cache-Control": "no-store"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was open too long, or cookies are off."""
    return _page(request, 403, "csrf")
