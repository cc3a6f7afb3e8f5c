"""Pages of the press site as bytes that are kept: right from the second of each lift on, and at every decision.

What such a page shows depends on rows, whose changes the database notes (`summit.models.changes`), and on the clock
in one way only: which moments have passed. So a page is kept under the newest moment that has.
"""

import functools
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from press.published_texts import publication_moments
from summit.public_base.page_cache import Version, cached_page
from summit.public_base.public_pages import public_page

_asked: ContextVar[Version | None] = ContextVar("press.version", default=None)


def press_page(
    *params: str, beside: Callable[..., Hashable] | None = None
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """Make a view of the press site public, keep its pages, and let no cache live past the grid's next step.

    `params` are those that the page knows beside `lang`; `beside` is called with the view's arguments where it
    depends on more. One query for a page that is kept, and those of `beside`.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        kept = cached_page(*params, beside=beside, version=lambda _summit: _asked.get())(view)

        @public_page
        @functools.wraps(view)
        def wrapped(request: HttpRequest, summit: str, **kwargs: Any) -> HttpResponse:
            found = publication_moments.read_moments(summit)
            token = _asked.set(found[1] if found else None)
            try:
                response: HttpResponse = kept(request, summit=summit, **kwargs)
            finally:
                _asked.reset(token)
            if found is not None and response.status_code == 200:
                response["Cache-Control"] = found[0].cache_control
            return response

        return wrapped

    return decorate
