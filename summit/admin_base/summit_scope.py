"""The summit that a user works for at the desk: one at a time, named by every URL.

Users with several summits see pages and lists of one of them. The URL names the summit: by a row or a slug in its
path, by `?summit=`, or by the filter of a list. A URL that names no summit is redirected to one that does. The summit
is then that of the page with the link, so that two tabs stay apart, or the one that the browser saw last. For users
with a single summit, URLs name none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from summit.admin_base.row_keys import key_of
from summit.permissions.rules import allows, summits_for
from summit.summits.models import Summit

# The summit that a browser saw last, by its slug.
COOKIE = "desk-summit"
KEPT = 90 * 24 * 60 * 60
# Views that aren't pages of a summit: scripts call them, or they are about all summits.
APART = frozenset({"i18n_javascript", "autocomplete_view", "page_of_all", "create"})
# Views that show a model's rows, limited by the list's own filter.
LISTS = frozenset({"changelist_view", "table_view"})
_ENDS = ("summit__id__exact", "summit__isnull")


def summits_of(request: HttpRequest) -> list[Summit]:
    """Return the summits that the user of the request works for, the newest first.

    They are queried once a request.
    """
    if "desk_summits" not in request.__dict__:
        allowed = summits_for(request.user, "summit.summit.view")
        rows = Summit.objects.all() if allowed is None else Summit.objects.filter(pk__in=allowed)
        request.__dict__["desk_summits"] = list(rows)
    summits: list[Summit] = request.__dict__["desk_summits"]
    return summits


def set_request_summit(request: HttpRequest, summit: Summit | None) -> None:
    """Store the summit of the row that the URL names on the request."""
    request.__dict__["desk_summit"] = summit


def read(request: HttpRequest, path: Mapping[str, Any]) -> None:
    """Store the summit that a URL names, by the slug in its path or by its query string, on the request.

    `path` has the values from the path. If the path names a row, `set_request_summit` is called for the row instead.
    """
    listed = summits_of(request) if "slug" in path or any(name.endswith("summit") for name in request.GET) else []
    of_path = next((summit for summit in listed if summit.slug == path.get("slug")), None)
    if found := of_path or _named(request.GET, listed):
        set_request_summit(request, found)


def chosen_summit(request: HttpRequest, listed: list[Summit]) -> Summit | None:
    """Return the summit of `listed` that a page is about, or None if there is none.

    It is the first of these that exists: the summit of the page's row, the summit that the URL names, the summit of
    the page with the link, the summit that the browser saw last, the newest summit.
    """
    owner: Summit | None = request.__dict__.get("desk_summit")
    if owner in listed:
        return owner
    found = _named(request.GET, listed) or (_before(request, listed) if len(listed) > 1 else None)
    seen = request.COOKIES.get(COOKIE)
    return found or next((summit for summit in listed if summit.slug == seen), listed[0] if listed else None)


def _named(query: QueryDict, listed: list[Summit]) -> Summit | None:
    """Return the summit of `listed` that a query string names, or None.

    It is named by `summit`, by a list's filter, or by the filter of the list that the user came from.
    """
    wanted = {str(query.get("summit", ""))}
    for parameters in (query, QueryDict(str(query.get("_changelist_filters", "")))):
        wanted |= {str(value) for key, value in parameters.items() if key.endswith(_ENDS[0])}
    return next((summit for summit in listed if summit.slug in wanted or str(summit.pk) in wanted), None)


def _before(request: HttpRequest, listed: list[Summit]) -> Summit | None:
    """Return the summit of the page with the link, by the Referer header; None for a page outside the desk."""
    if "desk_summit_before" not in request.__dict__:
        summit = None
        try:
            parts = urlsplit(request.headers.get("Referer", ""))
        except ValueError:
            parts = urlsplit("")
        if parts.netloc == request.get_host() and parts.path.startswith("/admin/"):
            summit = _named(QueryDict(parts.query), listed) or _of_path(parts.path, listed)
        request.__dict__["desk_summit_before"] = summit
    before: Summit | None = request.__dict__["desk_summit_before"]
    return before


def _of_path(path: str, listed: list[Summit]) -> Summit | None:
    """Return the summit that the path of a desk page names by its slug or by a row, or None.

    Makes at most one query.
    """
    try:
        match = resolve(path)
    except Resolver404:
        return None
    path_values = match.kwargs
    if "slug" in path_values:
        return next((summit for summit in listed if summit.slug == path_values["slug"]), None)
    model_admin: Any = getattr(match.func, "model_admin", None)
    summit_path = getattr(model_admin, "summit_path", None)
    if summit_path is None:
        return None
    # The pages of a row are below its key. Other keys in a path may belong to other models.
    list_url = reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")
    key = key_of(path.removeprefix(list_url).partition("/")[0])
    summit_key = (
        model_admin.model._default_manager.filter(pk=key).values_list(summit_path or "pk", flat=True).first()
        if key
        else None
    )
    return next((summit for summit in listed if summit.pk == summit_key), None)


def where_may(request: HttpRequest, action: str) -> list[Summit]:
    """Return [the chosen summit] if the user of the request may do `action` there, otherwise []."""
    summit = chosen_summit(request, summits_of(request))
    return [summit] if summit is not None and allows(request.user, action, summit) else []


def list_key(desk: Any) -> str:
    """Return the name of the query parameter for the summit in the URL of a model's list."""
    path = getattr(desk, "summit_path", None)
    return str(getattr(desk, "scope_key", "")) or (f"{path}__id__exact" if path else "summit")


def list_scope(request: HttpRequest, desk: Any, summit: Summit | None = None) -> str:
    """Return the query string that limits a model's list to a summit, by default to the chosen one.

    It is "" for users with a single summit.
    """
    listed, key = summits_of(request), list_key(desk)
    chosen = (summit or chosen_summit(request, listed)) if len(listed) > 1 else None
    return f"?{urlencode({key: chosen.slug if key == 'summit' else chosen.pk})}" if chosen else ""


def page_scope(request: HttpRequest) -> str:
    """Return the query string that names the chosen summit, for a page such as one that adds a row.

    It is "" for users with a single summit.
    """
    listed = summits_of(request)
    summit = chosen_summit(request, listed) if len(listed) > 1 else None
    return f"?{urlencode({'summit': summit.slug})}" if summit else ""


def model_admin_of(view: Callable[..., Any]) -> Any:
    """Return the ModelAdmin with a page's view, which is a method or a wrapped one, or None for another page."""
    return getattr(view, "model_admin", None) or getattr(view, "__self__", None)


def address_with_summit(request: HttpRequest, view: Callable[..., Any], path: Mapping[str, Any]) -> str:
    """Return the URL of the requested page with its summit added, or "" if nothing has to be added.

    Nothing is added if the requested URL names a summit already or the page belongs to none. `path` has the values
    from the path.
    """
    model_admin = model_admin_of(view)
    is_list = view.__name__ in LISTS
    # If the path names a row, the page belongs to that row's summit. Accounts are of no summit.
    names_row = set(path) - {"app_label", "url"} and (
        model_admin is None or getattr(model_admin, "summit_path", None) is not None
    )
    if request.method not in ("GET", "HEAD") or names_row or view.__name__ in APART or len(summits_of(request)) < 2:
        return ""
    key = list_key(model_admin) if is_list else "summit"
    summit = chosen_summit(request, summits_of(request))
    if any(name == key or (is_list and name.endswith(_ENDS)) for name in request.GET) or summit is None:
        return ""
    query = request.GET.copy()
    query.pop("summit", None)
    query[key] = summit.slug if key == "summit" else str(summit.pk)
    return f"{request.path}?{query.urlencode()}"


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Store the chosen summit in a cookie as the one that the browser saw last, if the user has several."""
    listed: list[Summit] = request.__dict__.get("desk_summits", [])
    summit = chosen_summit(request, listed) if len(listed) > 1 and response.status_code == 200 else None
    if summit is not None and request.COOKIES.get(COOKIE) != summit.slug:
        response.set_cookie(
            COOKIE,
            summit.slug,
            max_age=KEPT,
            path="/admin/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
