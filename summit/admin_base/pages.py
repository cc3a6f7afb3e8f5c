"""Pages of the desk that belong to no model: each app registers its own."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase

# `PAGES` has the route, the name and the view of each page.
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
PAGES: list[tuple[str, str, Callable[..., HttpResponseBase]]] = []


def desk_page(route: str, name: str) -> Callable[[View], View]:
    """Return a decorator that registers a page below /admin/ that belongs to no model.

    The page is open to every user with a desk role. Its view decides what each user sees.
    """

    def add(view: View) -> View:
        PAGES.append((route, name, view))
        return view

    return add
