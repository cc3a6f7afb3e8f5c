"""Approving many texts at once from the list: the page that asks first, with each text to read on it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from press.domain import many
from press.domain.many import MOST
from press.models import Text
from press.permissions import DECISIONS
from summit.desk.keys import keys_of
from summit.permissions import allows, check
from summit.templatetags.marks import pair

# So many reasons are told one by one when it is done; the list says the rest.
TOLD = 20


class ApprovingMixin:
    """Adds the action and its page."""

    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        """Add the page that asks."""
        view = self.admin_site.admin_view(self.approve_many_view)
        return [path("approve/", view, name="press_text_approve_many"), *super().get_urls()]  # type: ignore[misc]

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Return whether the reader approves texts of any summit."""
        return allows(request.user, DECISIONS["approve"], None)

    @admin.action(description=gettext_lazy("Approve"), permissions=["approve"])
    def approve_chosen(self, request: HttpRequest, queryset: QuerySet[Text]) -> HttpResponse:
        """Ask before approving."""
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            said = _("At most %(n)d texts are approved at once: here are the first %(n)d. Do the others after them.")
            messages.warning(request, said % {"n": MOST})
        address = reverse("admin:press_text_approve_many")
        return redirect(f"{address}?{'&'.join(f'row={key}' for key in keys[:MOST])}")

    def approve_many_view(self, request: HttpRequest) -> HttpResponse:
        """GET `?row=` asks, with each text to read; POST approves."""
        desk: Any = self
        desk.admit(request, "view")
        user = desk._user(request)
        check(user, DECISIONS["approve"], None)
        given = request.POST if request.method == "POST" else request.GET
        texts = list(desk.get_queryset(request).filter(pk__in=keys_of(given.getlist("row"))[:MOST]))
        if request.method == "POST":
            return self._approved(request, many.approve(texts=texts, by=user))
        reach = many.to_approve(texts=texts, by=user)
        title = ngettext("Approve %(n)d text", "Approve %(n)d texts", len(reach.to)) % {"n": len(reach.to)}
        context = {"title": title, "reach": reach, "keys": {row.version.text_id for row in reach.to}}
        page: HttpResponse = desk._page(request, "approve.html", context)
        return page

    def _approved(self, request: HttpRequest, reach: many.Reach) -> HttpResponse:
        if reach.to:
            said = ngettext("%(n)d text is approved.", "%(n)d texts are approved.", len(reach.to))
            messages.success(request, said % {"n": len(reach.to)})
        for edition, why in reach.skipped[:TOLD]:
            messages.warning(request, pair(edition.title, why))
        left = len(reach.skipped) - TOLD
        if left > 0:
            said = ngettext("%(n)d more stays as it was.", "%(n)d more stay as they were.", left)
            messages.warning(request, said % {"n": left})
        return redirect("admin:press_text_changelist")
