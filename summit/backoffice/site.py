"""The admin site: roles give access to it, allauth signs users in, and its home shows the state of a summit."""

import functools
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from summit.admin_base import dashboard as admin_base_dashboard
from summit.admin_base import summit_scope
from summit.admin_base.autocomplete import SummitAutocompleteView
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.pages import PAGES
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.backoffice.onboarding import steps
from summit.permissions.route_access import NOBODY, Access, Gate, attach, restrict_methods
from summit.permissions.rules import allows, can_use_admin
from summit.summits.models import Summit

# What the site's own pages declare about their routes (`summit.permissions.route_access`).
ACCESS_OF_DJANGO = {
    "index": Access(Gate.DESK),
    # These redirect: to the one sign-in page, or to the place where the user works.
    "login": Access(Gate.DESK),
    "logout": Access.of(Gate.EVERYBODY, "POST"),
    "jsi18n": Access(Gate.DESK),
    # The query names the model and the field. The permissions of that model are checked.
    "autocomplete": Access(Gate.DESK),
    "app_list": Access(Gate.DESK),
    # Any other URL below /admin/.
    "": Access(Gate.DESK, see=NOBODY),
}


class SummitAdminSite(admin.AdminSite):
    """The admin site of all desks."""

    site_title = _("Summit")
    site_header = _("Summit")
    index_title = _("Overview")
    index_template = "admin/index.html"
    enable_nav_sidebar = False

    def get_urls(self) -> list[Any]:
        """Return Django's URLs, with the first steps and the other pages that belong to no model.

        Django's pages for passwords are left out, because passwords are changed on the account's page. Django's URL
        that redirects from any key to a public page is left out too: it would reveal rows that aren't public.
        """
        left_out = ("password_change", "password_change_done", "view_on_site")
        urls: list[Any] = [path(route, self.admin_view(view), name=name) for route, name, view in PAGES]
        for step in steps.desk_step:
            view = self.admin_view(steps.page(step))
            urls.append(path(f"setup/<slug:slug>/{step.name}/", view, name=f"setup_{step.name}"))
        of_django = [entry for entry in super().get_urls() if getattr(entry, "name", None) not in left_out]
        for entry in of_django:
            if isinstance(entry, URLPattern):
                access = ACCESS_OF_DJANGO[entry.name or ""]
                entry.callback = attach(restrict_methods(entry.callback, access), access)
        return urls + of_django

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Return rows of the chosen summit to choose from. Raises Http404 for a model that the user may not see."""
        try:
            return SummitAutocompleteView.as_view(admin_site=self)(request)  # type: ignore[return-value]
        except PermissionDenied:
            raise Http404 from None

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the user of the request may use the admin."""
        return can_use_admin(request.user)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Wrap a view so that its page is about one summit.

        If the URL doesn't name a summit, the wrapped view redirects to a URL that does.
        """

        @functools.wraps(view)
        def of_one_summit(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if address := summit_scope.address_with_summit(request, view, kwargs):
                return redirect(address)
            summit_scope.read(request, kwargs)
            response: HttpResponseBase = view(request, *args, **kwargs)
            summit_scope.remember(request, response)
            return response

        # `summit.admin_base.summit_scope` finds the model of a page by this attribute.
        of_one_summit.model_admin = summit_scope.model_admin_of(view)  # type: ignore[attr-defined]
        return super().admin_view(of_one_summit, cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return the context of every page. For users who may use the admin, it has the summits for the header."""
        context = super().each_context(request)
        if context["has_permission"]:
            summits = summits_of(request)
            context |= {"desk_summit": chosen_summit(request, summits), "desk_summits": summits}
        return context

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the apps and their lists in the order of the menu, the same in every language.

        Each list has its place and group in the menu, and the query strings that limit it to the chosen summit. The
        result is cached for the request, because several parts of a page need it.
        """
        return admin_base_dashboard.cached_on_request(
            request, ("app list", app_label), lambda: self._app_list(request, app_label)
        )

    def _app_list(self, request: HttpRequest, app_label: str | None) -> list[Any]:

        app_list = super().get_app_list(request, app_label)
        for app in app_list:
            for entry in app["models"]:
                model_admin = self._registry[entry["model"]]
                group = getattr(model_admin, "menu_group", MenuGroup.DAILY)
                of_app = MenuPlace(getattr(apps.get_app_config(app["app_label"]), "menu_place", MenuPlace.SETTINGS))
                of_list = getattr(model_admin, "menu_place", None) or of_app
                entry |= {
                    "menu_group": group,
                    "menu_place": MenuPlace.SETTINGS if group.of_settings else of_list,
                    "order": (group, int(getattr(model_admin, "place", 9))),
                    "list_scope": summit_scope.list_scope(request, model_admin),
                    "page_scope": summit_scope.page_scope(request),
                }
            app["models"].sort(key=lambda entry: entry["order"])
        places = list(MenuPlace)
        return sorted(app_list, key=lambda app: min(places.index(entry["menu_place"]) for entry in app["models"]))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the sign-in page.

        Users who are signed in are redirected to the admin or, without access, to the portal.
        """
        if request.user.is_authenticated:
            return redirect("/admin/" if self.has_permission(request) else "/portal/")
        wanted = request.GET.get(REDIRECT_FIELD_NAME, resolve_url("admin:index"))
        return redirect(f"{resolve_url('account_login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the home of the chosen summit: its state, and the user's tasks."""
        summits = summits_of(request)
        summit = chosen_summit(request, summits)
        context = {"summits": summits, "summit": summit, **self._home(request, summit), **(extra_context or {})}
        return super().index(request, context)

    def _home(self, request: HttpRequest, summit: Summit | None) -> dict[str, Any]:
        if summit is None:
            may_create = allows(request.user, "summit.summit.add", None)
            return {"steps": steps.states_for(request.user, None)} if may_create else {}
        tasks = admin_base_dashboard.tasks(request, summit)
        unfinished = steps.unfinished(request.user, summit)
        phase = admin_base_dashboard.phase_of(request, summit)
        charts = admin_base_dashboard.chart_list(request, summit)
        return {
            "steps": unfinished,
            "steps_done": sum(state.state == "done" for state in unfinished),
            "tasks": tasks,
            "headline": admin_base_dashboard.headline(tasks),
            "coming": admin_base_dashboard.coming(request, summit),
            "now": admin_base_dashboard.now_of(request),
            "picture": admin_base_dashboard.panels_for(request, summit, phase),
            "leading_charts": [chart for chart in charts if chart.phase == phase],
            "charts": [chart for chart in charts if chart.phase != phase],
            "panels": admin_base_dashboard.panels_for(request, summit, None),
        }
