"""The admin site: roles open it, allauth signs in, its home says where each summit stands."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from summit.desk import (
    scope,
    steps,
    today,
    yesno,  # noqa: F401 - for what it does
)
from summit.desk.scope import chosen_summit, summits_of
from summit.desk.shelves import Shelf
from summit.models import Summit
from summit.permissions import allows, can_use_admin
from summit.registry import Registry

# From a summit and the request to a template and its context, or None where the reader may see nothing of it.
DeskPanel = Callable[[HttpRequest, Summit], tuple[str, dict[str, Any]] | None]
_panels: Registry[tuple[DeskPanel, Sequence[str]]] = Registry()


def desk_panel(order: int, *, works: Sequence[str] = ()) -> Callable[[DeskPanel], DeskPanel]:
    """Register a panel of the desk's home; a decorator. Whoever may do one of `works` has it among the first."""

    def add(function: DeskPanel) -> DeskPanel:
        _panels.register(order)((function, works))
        return function

    return add


def panels_for(request: HttpRequest, summit: Summit) -> list[tuple[str, dict[str, Any]]]:
    """Return the templates and contexts of the panels that the reader may see, first those that they work with."""

    def elsewhere(entry: tuple[DeskPanel, Sequence[str]]) -> bool:
        return not any(allows(request.user, rule, summit) for rule in entry[1])

    found = (function(request, summit) for function, _works in sorted(_panels, key=elsewhere))
    return [entry for entry in found if entry is not None]


# Pages of the desk that belong to no model: route, name, view.
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_pages: list[tuple[str, str, Callable[..., HttpResponseBase]]] = []


def desk_page(route: str, name: str) -> Callable[[View], View]:
    """Register a page below /admin/ that belongs to no model, for whoever works at a desk; a decorator. What is in it
    for whom is the view's to decide."""

    def add(view: View) -> View:
        _pages.append((route, name, view))
        return view

    return add


class SummitAdminSite(admin.AdminSite):
    """Where the desks work."""

    site_title = _("Summit")
    site_header = _("Summit")
    index_title = _("Where the summit stands")
    index_template = "admin/home.html"
    enable_nav_sidebar = False

    def get_urls(self) -> list[Any]:
        """Add the first steps and the other pages that belong to no model. Leave out what this house has elsewhere,
        or not: passwords are the account's page, and an address that leads from any key to a public page tells of
        what isn't public."""
        elsewhere = ("password_change", "password_change_done", "view_on_site")
        own: list[Any] = [path(route, self.admin_view(view), name=name) for route, name, view in _pages]
        for step in steps.desk_step:
            view = self.admin_view(steps.page(step))
            own.append(path(f"setup/<slug:slug>/{step.name}/", view, name=f"setup_{step.name}"))
        return own + [entry for entry in super().get_urls() if getattr(entry, "name", None) not in elsewhere]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Offer rows to choose from; those of a model that the reader doesn't see aren't there."""
        try:
            return super().autocomplete_view(request)
        except PermissionDenied:
            raise Http404 from None

    def has_permission(self, request: HttpRequest) -> bool:
        """Open the admin to whoever holds a role at a desk."""
        return can_use_admin(request.user)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Let every page be of one summit, and its address say of which."""

        @functools.wraps(view)
        def of_one_summit(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if address := scope.address_with_summit(request, view, kwargs):
                return redirect(address)
            scope.read(request, kwargs)
            response: HttpResponseBase = view(request, *args, **kwargs)
            scope.remember(request, response)
            return response

        # For whoever asks of which model a page is (`scope`).
        of_one_summit.model_admin = getattr(view, "__self__", None)  # type: ignore[attr-defined]
        return super().admin_view(of_one_summit, cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add what the header shows: the summit that one works for."""
        context = super().each_context(request)
        if context["has_permission"]:
            listed = summits_of(request)
            context |= {"desk_summit": chosen_summit(request, listed), "desk_summits": listed}
        return context

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the desks and their lists in the order in which one works, the same in every language, each with
        the `shelf` on which it stands and what its addresses say of the summit that is chosen. The home asks for
        them twice."""
        return today.once(request, ("app list", app_label), lambda: self._app_list(request, app_label))

    def _app_list(self, request: HttpRequest, app_label: str | None) -> list[Any]:

        def place_of(entry: dict[str, Any]) -> tuple[int, int]:
            return entry["shelf"], int(getattr(self._registry[entry["model"]], "place", 9))

        found = super().get_app_list(request, app_label)
        for app in found:
            for entry in app["models"]:
                desk = self._registry[entry["model"]]
                entry["shelf"] = getattr(desk, "shelf", Shelf.DAILY)
                entry |= {
                    "list_scope": scope.list_scope(request, desk),
                    "page_scope": scope.page_scope(request),
                }
            app["models"].sort(key=place_of)
        return sorted(found, key=lambda app: int(getattr(apps.get_app_config(app["app_label"]), "desk_place", 9)))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the one sign-in page; whoever is signed in without a role goes to the portal."""
        if request.user.is_authenticated:
            return redirect("/admin/" if self.has_permission(request) else "/portal/")
        wanted = request.GET.get(REDIRECT_FIELD_NAME, resolve_url("admin:index"))
        return redirect(f"{resolve_url('account_login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show each summit that the reader works for: what stands where and what to do."""
        listed = summits_of(request)
        chosen = chosen_summit(request, listed)
        context = {"summits": listed, "summit": chosen, **self._home(request, chosen), **(extra_context or {})}
        return super().index(request, context)

    def _home(self, request: HttpRequest, summit: Summit | None) -> dict[str, Any]:
        if summit is None:
            first = allows(request.user, "summit.summit.add", None)
            return {"steps": steps.stands(request.user, None)} if first else {}
        # The pages that it names are this site's.
        from summit.desk import places  # noqa: PLC0415

        found = today.tasks(request, summit)
        unfinished = steps.unfinished(request.user, summit)
        # Whoever has a panel of their own reads also that nothing waits; others only what does.
        works = bool(found) or any(
            allows(request.user, rule, summit) for _function, rules in _panels for rule in rules
        )
        return {
            "works": works,
            "steps": unfinished,
            "steps_done": sum(stand.state == "done" for stand in unfinished),
            "tasks": found,
            "headline": today.headline(found),
            "coming": today.coming(request, summit),
            "now": today.now_of(request),
            "panels": panels_for(request, summit),
            "charts": today.chart_list(request, summit),
            "places": places.places_of(request.user, summit),
        }
