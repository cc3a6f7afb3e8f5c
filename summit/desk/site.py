"""The admin site: roles open it, allauth signs in, its home says where each summit stands."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from summit.desk.header import chosen_summit, summits_of
from summit.models import Summit
from summit.permissions import can_use_admin, summits_for
from summit.registry import Registry

# From a summit and the request to a template and its context, or None where the reader may see nothing of it.
DeskPanel = Callable[[HttpRequest, Summit], tuple[str, dict[str, Any]] | None]
_panels: Registry[DeskPanel] = Registry()
desk_panel = _panels.register


class SummitAdminSite(admin.AdminSite):
    """Where the desks work."""

    site_title = _("Summit")
    site_header = _("Summit")
    index_title = _("Where the summit stands")
    index_template = "admin/home.html"
    enable_nav_sidebar = False

    def get_urls(self) -> list[Any]:
        """Leave out what this house has elsewhere, or not: passwords are the account's page, and an address that
        leads from any key to a public page tells of what isn't public."""
        elsewhere = ("password_change", "password_change_done", "view_on_site")
        return [entry for entry in super().get_urls() if getattr(entry, "name", None) not in elsewhere]

    def has_permission(self, request: HttpRequest) -> bool:
        """Open the admin to whoever holds a role at a desk."""
        return can_use_admin(request.user)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add what the header shows: the summit that one works for."""
        context = super().each_context(request)
        if context["has_permission"]:
            listed = summits_of(request)
            context |= {"desk_summit": chosen_summit(request, listed), "desk_summits": listed}
        return context

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the one sign-in page; whoever is signed in without a role goes to the portal."""
        if request.user.is_authenticated:
            return redirect("/admin/" if self.has_permission(request) else "/portal/")
        wanted = request.GET.get(REDIRECT_FIELD_NAME, resolve_url("admin:index"))
        return redirect(f"{resolve_url('account_login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show each summit that the reader works for: what stands where and what to do."""
        mine = summits_for(request.user, "summit.summit.view")
        summits = Summit.objects.all() if mine is None else Summit.objects.filter(pk__in=mine)
        wanted = request.GET.get("summit", "")
        listed = list(summits)
        chosen = next((summit for summit in listed if summit.slug == wanted), listed[0] if listed else None)
        found = [function(request, chosen) for function in _panels] if chosen else []
        context = {
            "summits": listed,
            "summit": chosen,
            "panels": [entry for entry in found if entry is not None],
            **(extra_context or {}),
        }
        return super().index(request, context)
