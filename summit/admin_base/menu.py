"""The menu at the top of every admin page: the desks and their lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import IntegerChoices
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from summit.admin_base.row_keys import key_of
from summit.admin_base.summit_scope import summits_of
from summit.permissions.rules import summits_for


class MenuGroup(IntegerChoices):
    """The groups of a desk's menu, in their order. Lists for daily work are in no submenu."""

    DAILY = 0, ""
    DECISIONS = 1, _("To decide")
    RECORDS = 2, _("Lists and passes")
    SETTINGS = 3, _("Settings")


def proposed(request: HttpRequest, given: dict[str, Any], action: str) -> dict[str, Any]:
    """Return the initial values for a new row: `given` with a summit, if one can be determined.

    This is the summit that the query string names, or the only summit where the user may do `action`. A desk's URL
    names a summit by its slug, as public pages do. A form names a summit by its key, which stays unchanged.
    """
    allowed, requested = summits_for(request.user, action), str(given.get("summit", ""))
    open_to = [row for row in summits_of(request) if allowed is None or row.pk in allowed]
    summit = next((row for row in open_to if row.slug == requested), open_to[0] if len(open_to) == 1 else None)
    initial = given if key_of(requested) is not None else {name: given[name] for name in given if name != "summit"}
    return {**({"summit": summit.pk} if summit else {}), **initial}


def navigation(
    apps: list[dict[str, Any]],
    path: str,
    scope_of: Callable[[dict[str, Any]], str],
    more: Sequence[dict[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Return the desks with their lists for the menu of the page at `path`.

    `apps` are the apps that the admin shows to the user. `scope_of` returns the query string that limits a model's
    list to a summit. `more` are pages that are no lists (`summit.admin_base.summit_pages.menu_of`). Each desk of the
    result is a dict: `pages` are displayed in the menu itself, and `menus` are submenus with all other pages.
    """
    desks = []
    for app in apps:
        pages = [
            _page(model["name"], model["admin_url"], path, model["shelf"], scope_of(model))
            for model in app["models"]
            if model.get("admin_url")
        ]
        if pages:
            label = app["app_label"]
            pages += [_page(row["name"], row["url"], path, row["shelf"]) for row in more if row["desk"] == label]
            within = any(page["within"] for page in pages)
            desks.append({"name": app["name"], "url": pages[0]["url"], "within": within, **_by_shelf(pages)})
    return desks


def _page(name: str, url: str, path: str, shelf: MenuGroup, scope: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "url": url + scope,
        "current": path == url,
        "within": path.startswith(url),
        "shelf": shelf,
    }


def _by_shelf(pages: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return a dict with `pages`, displayed in the menu itself, and `menus`, one for each group of several pages.

    The daily pages, and single pages of other groups, need no submenu.
    """
    direct: list[dict[str, Any]] = []
    menus: list[dict[str, Any]] = []
    for shelf in MenuGroup:
        group = [page for page in pages if page["shelf"] == shelf]
        if shelf == MenuGroup.DAILY or len(group) == 1:
            direct += group
        elif group:
            within = any(page["within"] for page in group)
            menus.append({"name": shelf.label, "pages": group, "within": within})
    return {"pages": direct, "menus": menus}
