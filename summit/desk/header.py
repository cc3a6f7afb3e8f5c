"""What stands at the top of every page of the admin: the summit one works for, and the desks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from summit.models import Summit
from summit.permissions import summits_for

# In the session: the summit that was looked at last.
LAST_SUMMIT = "desk_summit"


def summit_for(request: HttpRequest) -> Summit | None:
    """Return the summit that a page without one of its own is about: the one its address names, the one looked at
    last, or the newest of those that the reader works for."""
    mine = summits_for(request.user, "summit.summit.view")
    rows = Summit.objects.all() if mine is None else Summit.objects.filter(pk__in=mine)
    listed = list(rows)
    named = request.GET.get("summit", "")
    chosen = request.GET.get("summit__id__exact", "")
    for summit in listed:
        if summit.slug == named or str(summit.pk) == chosen:
            if request.session.get(LAST_SUMMIT) != summit.slug:
                request.session[LAST_SUMMIT] = summit.slug
            return summit
    last = request.session.get(LAST_SUMMIT)
    return next((summit for summit in listed if summit.slug == last), listed[0] if listed else None)


def navigation(apps: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    """Return the desks with their lists, from what the admin shows the reader, and what of it is open."""
    desks = []
    for app in apps:
        pages = [
            {
                "name": model["name"],
                "url": model["admin_url"],
                "current": path == model["admin_url"],
                "within": path.startswith(model["admin_url"]),
            }
            for model in app["models"]
            if model.get("admin_url")
        ]
        if pages:
            within = any(page["within"] for page in pages)
            desks.append({"name": app["name"], "url": pages[0]["url"], "pages": pages, "within": within})
    return desks
