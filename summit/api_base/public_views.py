"""The decorators of the API's public views."""

import functools
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.http import escape_leading_slashes

from summit.api_base import query_params
from summit.api_base.problems import plain
from summit.permissions.route_access import NOBODY, View
from summit.public_base.page_cache import Beside, cached_page
from summit.public_base.public_pages import public_page


def public_api(view: View, *, otherwise: str = "method", see: str = "") -> View:
    """Make a view of the API public, like `public_page`, but with error responses in JSON.

    The kind of object that its URL names is the attribute `object_kind` of the view's class.

    `otherwise` is the kind of problem in the response to methods other than GET and HEAD.
    """
    page = public_page(getattr(getattr(view, "cls", None), "object_kind", ""), see=see)(view)

    @functools.wraps(page)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return plain(otherwise, headers={"Allow": "GET, HEAD"} if otherwise == "method" else None)
        return page(request, *args, **kwargs)

    return wrapped


def cached_api(view: View, *params: str, beside: Beside | None = None) -> View:
    """Make a view of a summit's part of the API public, and cache its responses like those of pages (`cached_page`).

    The cache key includes the parameters for paging, the language, and `params`; `beside` is that of `cached_page`.
    """

    @functools.wraps(view)
    def rendered(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response: Any = view(request, **kwargs)
        found: HttpResponse = response if getattr(response, "is_rendered", True) else response.render()
        return found

    # The host is part of the cache key, because links in the response contain it.
    cached = cached_page(*query_params.PAGING, *params, beside=beside, also=HttpRequest.get_host)(rendered)

    @functools.wraps(view)
    def negotiated(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        # The view itself refuses a client that doesn't accept JSON.
        return (cached if _accepts_json(request) else rendered)(request, **kwargs)

    return public_api(negotiated)


def _accepts_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "*/*").lower()
    return any(kind in accepted for kind in ("*/*", "application/*", "application/json")) and ";q=0" not in accepted


def _nowhere(request: HttpRequest) -> HttpResponse:
    """Return a 404 response for an unknown URL of the API.

    If the URL exists with a slash at its end, return a redirect to it.
    """
    with_slash = f"{request.path_info}/"
    try:
        exists = not request.path_info.endswith("/") and resolve(with_slash).func is not not_found
    except Resolver404:
        exists = False
    if exists:
        query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
        location = escape_leading_slashes(with_slash) + query
        return JsonResponse({"detail": location}, status=301, headers={"Location": location})
    return plain("not-found")


# An unknown URL has the same response to all methods.
not_found = public_api(_nowhere, otherwise="not-found", see=NOBODY)
