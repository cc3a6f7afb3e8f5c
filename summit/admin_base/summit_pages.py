"""The desk's pages that belong to one summit, such as its policy.

The desk's home and the summit's page link to them.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise

from summit.admin_base.menu import MenuGroup
from summit.admin_base.pages import desk_page
from summit.core.registry import Registry
from summit.permissions.rules import allows, check, summits_for
from summit.summits.models import Summit
from summit.users.models import User

View = Callable[[HttpRequest, Summit, User], HttpResponse]


@dataclass(frozen=True)
class SummitPage:
    """A link to a page of a summit.

    `name` is the name of the page's route, which takes the summit's slug. Only users with `permission` see the link.
    `shelf` is the page's group in the menu of its desk, or None if the menu leaves the page out.
    """

    title: Promise
    name: str
    permission: str
    shelf: MenuGroup | None = None


desk_place: Registry[SummitPage] = Registry()


def places_of(user: Any, summit: Summit) -> list[tuple[str, str]]:
    """Return (title, URL) of each page of a summit that a user may see."""
    return [
        (str(place.title), reverse(f"admin:{place.name}", args=[summit.slug]))
        for place in desk_place
        if allows(user, place.permission, summit)
    ]


def menu_of(user: Any, summit: Summit) -> list[dict[str, Any]]:
    """Return the pages of a summit that a user may see, as the argument `more` of `menu.navigation`.

    The first word of a route's name is the label of its desk.
    """
    return [
        {
            "desk": place.name.partition("_")[0],
            "name": str(place.title),
            "url": reverse(f"admin:{place.name}", args=[summit.slug]),
            "shelf": place.shelf,
        }
        for place in desk_place
        if place.shelf is not None and allows(user, place.permission, summit)
    ]


def summit_page(route: str, name: str, *, permission: str, post: str) -> Callable[[View], View]:
    """Return a decorator that registers a page of one summit below /admin/.

    `route` contains the summit's slug. A user needs `permission` to see the page and `post` to change it. A user
    without these gets PermissionDenied. A user who may not see the summit gets a 404.
    """

    def add(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
            allowed = summits_for(request.user, "summit.summit.view")
            rows = Summit.objects.filter(slug=slug)
            summit = (rows if allowed is None else rows.filter(pk__in=allowed)).first()
            if summit is None or not isinstance(request.user, User):
                raise Http404
            check(request.user, permission, summit)
            if request.method == "POST":
                check(request.user, post, summit)
            return view(request, summit, request.user)

        desk_page(route, name)(wrapped)
        return view

    return add
