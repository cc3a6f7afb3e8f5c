"""The entries of the menu that a user may see: the lists of the admin, and the pages of a summit."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin.sites import site
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from summit.admin_base.menu_places import MenuEntry
from summit.admin_base.summit_pages import menu_of
from summit.admin_base.summit_scope import list_scope
from summit.summits.models import Summit


def entries_of(request: HttpRequest, apps: list[dict[str, Any]], summit: Summit | None) -> list[MenuEntry]:
    """Return the entries in their order. `apps` are those that the admin shows to the user.

    With a summit, the lists have only its rows, and the summit's pages are among the entries.
    """
    lists = sorted(
        (entry for app in apps for entry in app["models"] if entry.get("admin_url")), key=lambda entry: entry["order"]
    )
    return [
        *(found for entry in lists for found in _of_list(request, entry, summit)),
        *(menu_of(request.user, summit) if summit else ()),
    ]


def _of_list(request: HttpRequest, entry: dict[str, Any], summit: Summit | None) -> Iterator[MenuEntry]:
    """Yield the entry of a list and, with a summit, those of its `menu_pages`."""
    model_admin, where = site._registry[entry["model"]], (entry["menu_place"], entry["menu_group"])
    yield MenuEntry(
        getattr(model_admin, "menu_label", "") or entry["model"]._meta.verbose_name_plural,
        entry["admin_url"],
        *where,
        list_scope(request, model_admin, summit),
        f"{entry['add_url']}{entry['page_scope']}" if entry.get("add_url") else "",
    )
    for label, name in getattr(model_admin, "menu_pages", ()) if summit else ():
        query = urlencode({"summit": summit.slug}) if summit else ""
        yield MenuEntry(label, reverse(f"admin:{name}"), *where, f"?{query}")
