"""Pages of the desk that belong to no model: each app registers its own."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from summit.permissions.route_access import Access, Gate, attach, restrict_methods
from summit.permissions.rules import check

# `PAGES` has the route, the name and the view of each page.
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
PAGES: list[tuple[str, str, Callable[..., HttpResponseBase]]] = []


def desk_page(
    route: str, name: str, methods: str = "GET", *, kind: str = "", see: str = "", do: str = "", post: str = ""
) -> Callable[[View], View]:
    """Return a decorator that registers a page below /admin/ that belongs to no model, and declares its route.

    The page is open to every user with a desk role. `summit.permissions.route_access` describes the other arguments.
    A request with another method than `methods` gets a 405. If the page names no object (`kind`), a user who may do
    `do` in no summit gets PermissionDenied. If it names one, the view checks all permissions.
    """
    access = Access.of(Gate.DESK, methods, kind=kind, see=see, do=do, post=post)

    def add(view: View) -> View:
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if do and not kind:
                check(request.user, do, None)
            return view(request, *args, **kwargs)

        PAGES.append((route, name, attach(restrict_methods(checked, access), access)))
        return view

    return add
