"""Pages of the desk that belong to no model: each app registers its own."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase

# Pages of the desk that belong to no model: route, name, view.
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
PAGES: list[tuple[str, str, Callable[..., HttpResponseBase]]] = []


def desk_page(route: str, name: str) -> Callable[[View], View]:
    """Register a page below /admin/ that belongs to no model, for whoever works at a desk; a decorator. What is in it
    for whom is the view's to decide."""

    def add(view: View) -> View:
        PAGES.append((route, name, view))
        return view

    return add
