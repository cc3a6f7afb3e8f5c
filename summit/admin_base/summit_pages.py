"""The desk's pages that belong to one summit, such as its policy.

The desk's home and the summit's page link to them.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise

from summit.admin_base.menu_places import MenuEntry, MenuGroup, MenuPlace
from summit.admin_base.pages import desk_page
from summit.core.registry import Registry
from summit.permissions.route_access import Access, Gate
from summit.permissions.rules import allows, check, summits_for
from summit.summits.models import Summit
from summit.users.models import User

View = Callable[[HttpRequest, Summit, User], HttpResponse]


@dataclass(frozen=True)
class SummitPage:
    """A link to a page of a summit.

    `name` is the name of the page's route, which takes the summit's slug. Only users with `permission` see the link.
    `place` and `menu_group` say where it is in the menu.
    """

    title: Promise
    name: str
    permission: str
    place: MenuPlace
    menu_group: MenuGroup


summit_pages: Registry[SummitPage] = Registry()


def places_of(user: Any, summit: Summit) -> list[tuple[str, str]]:
    """Return (title, URL) of each page of a summit that a user may see."""
    return [(entry.name, entry.url) for entry in menu_of(user, summit)]


def menu_of(user: Any, summit: Summit) -> list[MenuEntry]:
    """Return the entries of the menu for the pages of a summit that a user may see."""
    return [
        MenuEntry(page.title, reverse(f"admin:{page.name}", args=[summit.slug]), page.place, page.menu_group)
        for page in summit_pages
        if allows(user, page.permission, summit)
    ]


def visible_summit(user: Any, slug: str, see: str = "summit.summit.view") -> Summit:
    """Return the summit with a slug. Raises Http404 if there is none, or if the user may not do `see` there."""
    allowed = summits_for(user, see)
    rows = Summit.objects.filter(slug=slug)
    summit = (rows if allowed is None else rows.filter(pk__in=allowed)).first()
    if summit is None:
        raise Http404
    return summit


def for_summit(view: View, access: Access) -> Callable[..., HttpResponseBase]:
    """Return a view that takes the slug of a summit, checks the user's access, and calls `view` with the summit.

    The returned view raises Http404 if the user may not do `access.see` in the summit. It raises PermissionDenied if
    the user may not do `access.do`, or, in a POST, `access.post`.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
        summit = visible_summit(request.user, slug, access.see)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        for action in (access.do, access.post if request.method == "POST" else ""):
            if action:
                check(request.user, action, summit)
        return view(request, summit, request.user)

    return wrapped


def summit_page(
    route: str, name: str, methods: str = "GET POST", *, see: str = "summit.summit.view", do: str = "", post: str = ""
) -> Callable[[View], View]:
    """Return a decorator that registers a page of one summit below /admin/, and declares its route.

    `route` contains the summit's slug. The other arguments are described in `summit.permissions.route_access`, and
    checked before the view runs (`for_summit`).
    """
    access = Access.of(Gate.DESK, methods, kind="summit.summit", see=see, do=do, post=post)

    def add(view: View) -> View:
        page = desk_page(route, name, methods, kind=access.kind, see=see, do=do, post=post)
        page(for_summit(view, access))
        return view

    return add
