"""Pages of the press site, cached: right from the second of each embargo's end on, and at every decision."""

from collections.abc import Callable, Hashable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from press.published_texts.publication_moments import cache_control
from summit.public_base.page_cache import cached_page
from summit.public_base.page_version import Version
from summit.public_base.public_pages import public_page


def press_page(
    *params: str, beside: Callable[..., Hashable] | None = None
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """Make a view of the press site public, cache its pages, and let no cache live past the grid's next step.

    `params` are those that the page knows beside `lang`; `beside` is called with the view's arguments where it
    depends on more. One query for a page that is cached, and those of `beside`.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        cached: Any = cached_page(*params, beside=beside, headers=_headers)(view)
        return public_page(cached)

    return decorate


def _headers(version: Version) -> dict[str, str]:
    return {"Cache-Control": cache_control(version.now)}
