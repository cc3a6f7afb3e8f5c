"""The decorator for public pages, which are the same bytes for everybody and can be cached."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.functional import SimpleLazyObject

from summit.permissions.route_access import Access, Gate, View, attach

# Pages below these paths are personal: they have a session, and are in the account's language by default.
PERSONAL = ("/portal/", "/admin/", "/accounts/", "/i/", "/dev/")


def is_personal(path: str) -> bool:
    """Return whether the page at a path is personal: it has a session and must not be shared by caches."""
    return path.startswith(PERSONAL)


def _nobody(*args: object) -> NoReturn:
    raise ImproperlyConfigured("A public page asked who is reading it. What is personal belongs under /portal/.")


class NoSession:
    """A replacement for the session on public pages.

    The session middleware finds the session unused. Any other access raises ImproperlyConfigured.
    """

    accessed = False
    modified = False
    __getitem__ = __setitem__ = __contains__ = _nobody

    def is_empty(self) -> bool:
        """Return False, so that the session middleware doesn't delete the session cookie of the browser."""
        return False

    def __getattr__(self, name: str) -> NoReturn:
        _nobody(name)


def public_page(kind: str = "", *, see: str = "") -> Callable[[View], View]:
    """Return a decorator that makes a view public: it has no session, account or CSRF token, and sends an ETag.

    It declares the view's route (`summit.permissions.route_access`): everybody may open it, by GET and HEAD only.
    `kind` is the kind of the public object that the URL names. Other objects, such as those under embargo, must give
    the same 404 as none. `see` is NOBODY for a view that finds nothing for anybody.

    `Cache-Control: no-cache` lets caches store the page but makes them revalidate it before each use. So the end of
    an embargo, a hold or a withdrawal has its effect at once. The cost is a request, with a 304 as the response.
    """
    access = Access(Gate.EVERYBODY, kind=kind, see=see)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
            blind(request)
            response = view(request, *args, **kwargs)
            return finish(request, response)

        wrapped.csrf_exempt = True  # type: ignore[attr-defined]
        wrapped.is_public = True  # type: ignore[attr-defined]
        return attach(wrapped, access)

    return decorate


def blind(request: HttpRequest) -> None:
    """Remove everything from a request that identifies the user or the browser.

    Reading the session or the user afterwards raises ImproperlyConfigured.
    """
    request.session = NoSession()  # type: ignore[assignment]
    request.user = SimpleLazyObject(_nobody)  # type: ignore[assignment]
    request.META.pop("HTTP_COOKIE", None)
    request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
    # For an invalid CSRF cookie, the middleware would set a new one on a page that everybody shares.
    request.META.pop("CSRF_COOKIE", None)
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
    request.COOKIES = {}


# Statuses of public responses that depend on the address and the database alone.
_SAME = frozenset({200, 301, 302, 304, 404, 410})


def mark_same_for_everybody(response: HttpResponseBase) -> None:
    """Mark a response that was made without knowing who asks. The proxy may keep it for a second."""
    response.same_for_everybody = response.status_code in _SAME  # type: ignore[attr-defined]


def is_same_for_everybody(response: HttpResponseBase) -> bool:
    """Return whether a response was marked by `mark_same_for_everybody`."""
    return getattr(response, "same_for_everybody", False)


def finish(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return a public response with its caching headers and ETag, or a 304 if the browser's copy is current."""
    if response.streaming or not isinstance(response, HttpResponse) or response.status_code != 200:
        response.headers.setdefault("Cache-Control", "public, no-cache")
        mark_same_for_everybody(response)
        return response
    if hasattr(response, "render") and not getattr(response, "is_rendered", True):
        response.render()
    # A cached page (summit.public_base.page_cache) has an ETag already.
    etag = response.get("ETag") or f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response.headers.setdefault("Cache-Control", "public, no-cache")
    answer: HttpResponseBase = get_conditional_response(request, etag=etag, response=response) or response
    mark_same_for_everybody(answer)
    return answer
