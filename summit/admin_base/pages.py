"""Pages of the desk that belong to no model: each app registers its own."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase

# `PAGES` has the route, the name and the view of each page.
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
PAGES: list[tuple[str, str, Callable[..., HttpResponseBase]]] = []


def desk_page(route: str, name: str) -> Callable[[View], View]:
    """Register a page below /admin/ that belongs to no model; a decorator.

    The page is open to every user with a desk. Its view decides what each of them sees.
    """

    def add(view: View) -> View:
        PAGES.append((route, name, view))
        return view

    return add
