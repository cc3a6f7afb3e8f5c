"""Public pages: the same bytes for everybody, so that they can be stored, cached and served fast."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.functional import SimpleLazyObject

# Addresses below these are personal: there the choice is remembered, and an account's own language is the default.
PERSONAL = ("/portal/", "/admin/", "/accounts/", "/i/", "/dev/")


def is_personal(path: str) -> bool:
    """Return whether what lives at a path belongs to somebody."""
    return path.startswith(PERSONAL)


View = Callable[..., HttpResponseBase]


def _nobody(*args: object) -> NoReturn:
    raise ImproperlyConfigured("A public page asked who is reading it. What is personal belongs under /portal/.")


class NoSession:
    """Stands where the session would be: the middleware finds it untouched, everything else is refused."""

    accessed = False
    modified = False
    __getitem__ = __setitem__ = __contains__ = _nobody

    def is_empty(self) -> bool:
        """Return False, so that nobody's cookie is deleted."""
        return False

    def __getattr__(self, name: str) -> NoReturn:
        _nobody(name)


def public_page(view: View) -> View:
    """Make a view public: it can't see session, account or CSRF token, answers GET and HEAD, and carries an ETag.

    `no-cache` lets every cache store it and makes each ask again before it is shown, so that what is lifted, held
    or withdrawn is right at once; the asking costs a 304.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        blind(request)
        response = view(request, *args, **kwargs)
        return finish(request, response)

    wrapped.csrf_exempt = True  # type: ignore[attr-defined]
    wrapped.is_public = True  # type: ignore[attr-defined]
    return wrapped


def blind(request: HttpRequest) -> None:
    """Take from a request whatever tells who is asking; touching it afterwards is a programming error."""
    request.session = NoSession()  # type: ignore[assignment]
    request.user = SimpleLazyObject(_nobody)  # type: ignore[assignment]
    request.META.pop("HTTP_COOKIE", None)
    request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
    # A cookie that is no token makes the middleware want to set a new one, on a page that is everybody's.
    request.META.pop("CSRF_COOKIE", None)
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
    request.COOKIES = {}


def finish(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give a public answer its caching headers, or the 304 that its ETag earns."""
    if response.streaming or not isinstance(response, HttpResponse) or response.status_code != 200:
        response.headers.setdefault("Cache-Control", "public, no-cache")
        return response
    if hasattr(response, "render") and not getattr(response, "is_rendered", True):
        response.render()
    # A page that was kept (summit.public_base.page_cache) brings its own.
    etag = response.get("ETag") or f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response.headers.setdefault("Cache-Control", "public, no-cache")
    return get_conditional_response(request, etag=etag, response=response) or response
