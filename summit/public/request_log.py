"""One line in the log for each request, its id, and its numbers for /metrics."""

import logging
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from summit.core import request_ids
from summit.core.log_filters import REQUESTS, route_of
from summit.core.process_metrics import count_request
from summit.public.language_middleware import Handler
from summit.public.probes import PROBES

logger = logging.getLogger(REQUESTS)
# Requests of load balancers, containers and Prometheus, several a minute for ever.


class RequestLogMiddleware:
    """Give each request an id, log a line when it is answered, and count it.

    The line has the pattern of the URL, never the path, which may have a token or a name in it. Files and health
    checks have no line and aren't counted.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response, with the id in a header unless caches may share the response."""
        path = request.path_info
        if path in PROBES or path.startswith(settings.STATIC_URL):
            return self.get_response(request)
        given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
        request_id = request_ids.accepted(given) or request_ids.new_id()
        started = time.perf_counter()
        with request_ids.bound(request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            route, status = route_of(request), response.status_code
            if status >= 500 or not is_shared(request, response):
                response.headers[request_ids.HEADER] = request_id
            count_request(route, request.method or "", status, seconds)
            if logger.isEnabledFor(logging.INFO):
                fields: dict[str, Any] = {
                    "request_id": request_id,
                    "method": request.method,
                    "route": route,
                    "status": status,
                    "ms": round(seconds * 1000, 1),
                }
                if (account := account_of(request)) is not None:
                    fields["account"] = account
                # Without `logger.info`, which would look for the line of the source that calls it.
                record = logging.LogRecord(REQUESTS, logging.INFO, "", 0, "request", None, None)
                record.fields = fields
                logger.handle(record)
        return response


def is_shared(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether a response is of a public page, or whether caches may share it.

    These are the same for everybody. A cache in front would give the id of the first reader's request to all.
    """
    view = getattr(request.resolver_match, "func", None)
    return getattr(view, "is_public", False) or "public" in response.headers.get("Cache-Control", "")


def account_of(request: HttpRequest) -> int | None:
    """Return the primary key of the account that a view has asked for, or None. Makes no query."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = request.__dict__.get("_cached_user")
    return getattr(user, "pk", None)
