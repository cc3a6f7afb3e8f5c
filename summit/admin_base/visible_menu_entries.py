"""The entries of the menu that a user may see: the lists of the admin, and the pages of a summit."""

from typing import Any

from django.contrib.admin.sites import site
from django.http import HttpRequest

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
        *(
            MenuEntry(
                entry["model"]._meta.verbose_name_plural,
                entry["admin_url"],
                entry["menu_place"],
                entry["menu_group"],
                list_scope(request, site._registry[entry["model"]], summit),
                f"{entry['add_url']}{entry['page_scope']}" if entry.get("add_url") else "",
            )
            for entry in lists
        ),
        *(menu_of(request.user, summit) if summit else ()),
    ]
