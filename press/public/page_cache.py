"""Cache the pages of the press site. They are up to date from the second an embargo ends or a decision is made."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from press.published_texts.publication_moments import cache_control
from summit.public_base.page_cache import Beside, cached_page
from summit.public_base.page_version import Version
from summit.public_base.public_pages import public_page


def press_page(
    *params: str, kind: str, beside: Beside | None = None, ahead: str = ""
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """Return a decorator that makes a view public and caches its pages.

    `kind` is the kind of object that the URL names (`public_page`).

    Shared caches store a page at most until the next multiple of GRID seconds. `params` are the query parameters that
    the page uses besides `lang`. `beside` is called with the version and the view's arguments, and returns a value
    that changes when the page must be rendered again. A page from the cache needs one query, and the queries of
    `beside`. `ahead` is the name of a URL whose page is made before somebody asks.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        cached: Any = cached_page(*params, beside=beside, headers=_headers, ahead=ahead)(view)
        return public_page(kind)(cached)

    return decorate


def _headers(version: Version) -> dict[str, str]:
    return {"Cache-Control": cache_control(version.now)}
