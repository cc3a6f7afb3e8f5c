"""What a person may ask for of their data, on their page: that it is handed over whole, and that it is erased."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from summit.domain import erasure, seen
from summit.domain.erasure import AlreadyErased, Reason, UnknownReason
from summit.models import Person, User
from summit.permissions import allows, refusal


class RightsMixin:
    """Adds to a person's page what hands their data over and erases it."""

    admin_site: Any
    opts: Any
    page_shows: tuple[str, ...]

    def get_urls(self) -> list[URLPattern]:
        """Add the two pages."""
        wrap = self.admin_site.admin_view
        found: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [
            path("<int:pk>/data/", wrap(self.hand_over_view), name="summit_person_hand_over"),
            path("<int:pk>/erase/", wrap(self.erase_view), name="summit_person_erase"),
            *found,
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Offer both to whoever may."""
        person = kwargs.get("obj")
        if isinstance(person, Person):
            offered = (
                (erasure.HAND_OVER, _("Hand over the data"), "admin:summit_person_hand_over"),
                (erasure.ERASE, _("Erase the person"), "admin:summit_person_erase"),
            )
            context["row_tools"] = [
                (reverse(name, args=[person.pk]), said)
                for action, said, name in offered
                if allows(request.user, action, person.summit) and person.erased_at is None
            ]
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def hand_over_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET says what is handed over; POST returns it as a ZIP."""
        person, user = self._admitted(request, pk, erasure.HAND_OVER)
        if request.method == "POST":
            packed = erasure.hand_over(person=person, by=user)
            seen.note_page(by=user, target=person, summit=person.summit, fields=self.page_shows)
            headers = {"Content-Disposition": f'attachment; filename="person-{person.public_id}.zip"'}
            return HttpResponse(packed, content_type="application/zip", headers=headers)
        return self._page(request, person, "admin/person_hand_over.html", _("Hand over the data"))

    def erase_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET says what will be erased and what stays, and why; POST erases."""
        person, user = self._admitted(request, pk, erasure.ERASE)
        if request.method == "POST":
            try:
                erasure.erase(person=person, reason=request.POST.get("reason", ""), by=user)
            except (AlreadyErased, UnknownReason) as refused:
                messages.warning(request, str(refused))
                return redirect("admin:summit_person_erase", pk)
            messages.success(request, _("The person’s data is erased. What stays says so."))
            return redirect("admin:summit_person_change", pk)
        return self._page(request, person, "admin/person_erase.html", _("Erase the person"))

    def _admitted(self, request: HttpRequest, pk: int, action: str) -> tuple[Person, User]:
        person = self.admit(request, "view", pk)  # type: ignore[attr-defined]
        if not isinstance(request.user, User) or not allows(request.user, action, person.summit):
            raise PermissionDenied(refusal(action))
        return person, request.user

    def _page(self, request: HttpRequest, person: Person, template: str, title: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "original": person,
            "summit": person.summit,
            "plan": erasure.plan(person),
            "reasons": Reason.choices,
        }
        return TemplateResponse(request, template, context)
