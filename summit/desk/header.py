"""What stands at the top of every page of the admin: the summit one works for, and the desks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.http import urlencode

from summit.desk.keys import key_of
from summit.desk.shelves import Shelf
from summit.models import Summit
from summit.permissions import summits_for


def summits_of(request: HttpRequest) -> list[Summit]:
    """Return the summits that the reader works for, the newest first."""
    if "desk_summits" not in request.__dict__:
        mine = summits_for(request.user, "summit.summit.view")
        rows = Summit.objects.all() if mine is None else Summit.objects.filter(pk__in=mine)
        request.__dict__["desk_summits"] = list(rows)
    found: list[Summit] = request.__dict__["desk_summits"]
    return found


def chosen_summit(request: HttpRequest, listed: list[Summit]) -> Summit | None:
    """Return the summit that a page without one of its own is about: the one its address names, or the newest."""
    named = request.GET.get("summit", "")
    asked = [value for key, value in request.GET.items() if key.endswith("summit__id__exact")]
    for summit in listed:
        if summit.slug == named or str(summit.pk) in asked:
            return summit
    return listed[0] if listed else None


def proposed(request: HttpRequest, given: dict[str, Any], action: str) -> dict[str, Any]:
    """Return what a new row begins with: the summit that the address names, or the only one where the reader may do
    `action`. The desk's addresses name a summit as its public pages do, a form by its key."""
    mine, named = summits_for(request.user, action), str(given.get("summit", ""))
    open_to = [row for row in summits_of(request) if mine is None or row.pk in mine]
    summit = next((row for row in open_to if row.slug == named), open_to[0] if len(open_to) == 1 else None)
    rest = given if key_of(named) is not None else {name: given[name] for name in given if name != "summit"}
    return {**({"summit": summit.pk} if summit else {}), **rest}


def navigation(
    apps: list[dict[str, Any]],
    path: str,
    desks: Mapping[type[Model], Any],
    summit: Summit | None,
    more: Sequence[dict[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Return the desks with their lists, from what the admin shows the reader, and what of it is open: `pages` are
    those that stand openly, `menus` the others by their shelves. `more` are pages that are no lists
    (`summit.desk.places.menu_of`).

    Where `summit` is given, lists that can be narrowed to it are.
    """
    found = []
    for app in apps:
        pages = [
            _page(model["name"], model["admin_url"], path, model["shelf"], _scope(desks.get(model["model"]), summit))
            for model in app["models"]
            if model.get("admin_url")
        ]
        if pages:
            label = app["app_label"]
            pages += [_page(row["name"], row["url"], path, row["shelf"]) for row in more if row["desk"] == label]
            within = any(page["within"] for page in pages)
            found.append({"name": app["name"], "url": pages[0]["url"], "within": within, **_by_shelf(pages)})
    return found


def _page(name: str, url: str, path: str, shelf: Shelf, scope: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "url": url + scope,
        "current": path == url,
        "within": path.startswith(url),
        "shelf": shelf,
    }


def _by_shelf(pages: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Put away what isn't worked with every day, where there is more than one of a kind: one alone needs no menu."""
    openly: list[dict[str, Any]] = []
    menus: list[dict[str, Any]] = []
    for shelf in Shelf:
        there = [page for page in pages if page["shelf"] == shelf]
        if shelf == Shelf.DAILY or len(there) == 1:
            openly += there
        elif there:
            within = any(page["within"] for page in there)
            menus.append({"name": shelf.label, "pages": there, "within": within})
    return {"pages": openly, "menus": menus}


def _scope(desk: Any, summit: Summit | None) -> str:
    """Return the query that narrows a desk's list to a summit, or "" where it has no such filter."""
    path = getattr(desk, "summit_path", None)
    if summit is None or not path or path not in desk.list_filter:
        return ""
    return f"?{urlencode({f'{path}__id__exact': summit.pk})}"
