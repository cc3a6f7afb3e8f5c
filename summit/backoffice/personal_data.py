"""The pages for a person's requests about their data: to hand over a copy of it, and to erase it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from summit.admin_base.dashboard import Task, Urgency, desk_task
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.audit import access_log
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.privacy import person_erasure, subject_access
from summit.privacy.person_erasure import AlreadyErased, Reason, UnknownReason
from summit.privacy.subject_access import NeedsAgreement, NothingToAgree
from summit.summits.models import Summit
from summit.users.models import User


@desk_task.register(70)
def handing_over_tasks(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield tasks for requests to hand data over. Makes one query.

    There is a task for each request that waits for the user's agreement. There is also one for each of the user's own
    requests that somebody has agreed to.
    """
    user = request.user
    agrees = allows(user, subject_access.AGREE, summit)
    if not isinstance(user, User) or not (agrees or allows(user, subject_access.HAND_OVER, summit)):
        return
    for row in subject_access.of_interest(summit, user):
        person = row.person
        if row.asked_by_id != user.pk:
            message = _("%(who)s wants to export the data of %(person)s. Approve the request, or contact them.")
            address = reverse("admin:summit_person_agree_hand_over", args=[person.pk])
            sentence = message % {"who": row.asked_by, "person": person.label}
            yield Task(sentence, Urgency.NOW, address, subject_access.AGREE, row.asked_at)
        else:
            message = _("The export of %(person)s’s data is approved. You can download it.")
            address = reverse("admin:summit_person_hand_over", args=[person.pk])
            yield Task(message % {"person": person.label}, Urgency.NOW, address, subject_access.HAND_OVER)


class RightsMixin:
    """Adds two links to a person's page: to hand over the person's data, and to erase it."""

    admin_site: Any
    opts: Any
    page_shows: tuple[str, ...]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add links to the context, to those of the two pages that the user may open."""
        person = kwargs.get("obj")
        if isinstance(person, Person):
            tools = (
                (subject_access.HAND_OVER, _("Export personal data"), "admin:summit_person_hand_over"),
                (person_erasure.ERASE, _("Erase person"), "admin:summit_person_erase"),
            )
            context["row_tools"] = [
                (reverse(name, args=[person.pk]), title)
                for action, title, name in tools
                if allows(request.user, action, person.summit) and person.erased_at is None
            ]
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    @model_page("<int:pk>/data/", "hand_over", do=subject_access.HAND_OVER)
    def hand_over_view(self, request: HttpRequest, person: Person) -> HttpResponse:
        """Show which data would be handed over (GET), or return the data as a ZIP file (POST).

        The page also says whether somebody has to agree first. A POST without a required agreement redirects to the
        page.
        """
        user = user_of(request)
        if request.method == "POST":
            try:
                with transaction.atomic():
                    archive = subject_access.hand_over(person=person, by=user)
                    # In the same transaction: if the access can't be recorded, the agreement isn't used up either.
                    access_log.record_page(by=user, target=person, summit=person.summit, fields=self.page_shows)
            except NeedsAgreement as refused:
                messages.warning(request, str(refused))
                return redirect("admin:summit_person_hand_over", person.pk)
            headers = {"Content-Disposition": f'attachment; filename="person-{person.public_id}.zip"'}
            return HttpResponse(archive, content_type="application/zip", headers=headers)
        hidden = subject_access.unseen(person, user)
        extra = {
            "needs": subject_access.needs(hidden) if hidden else "",
            "asked": subject_access.request_of(person, user),
            "agreed": subject_access.is_agreed(person, user),
        }
        return self._page(
            request, person, "admin/backoffice/personal_data/hand_over.html", _("Export personal data"), **extra
        )

    @model_page("<int:pk>/data/ask/", "ask_hand_over", "POST", do=subject_access.HAND_OVER)
    def ask_view(self, request: HttpRequest, person: Person) -> HttpResponse:
        """Ask for a colleague's agreement to hand the data over."""
        user = user_of(request)
        subject_access.ask(person=person, by=user)
        messages.success(request, _("Request sent. The approvers see it on their home page."))
        return redirect("admin:summit_person_hand_over", person.pk)

    @model_page("<int:pk>/data/agree/", "agree_hand_over", do=subject_access.AGREE)
    def agree_view(self, request: HttpRequest, person: Person) -> HttpResponse:
        """Show who asks for agreement to hand the data over (GET), or agree to it (POST)."""
        user = user_of(request)
        if request.method == "POST":
            try:
                until = request.POST.get("until", "")
                subject_access.agree(person=person, by=user, until=int(until) if until.isdecimal() else None)
            except NothingToAgree as refused:
                messages.warning(request, str(refused))
            else:
                messages.success(request, _("Approved. The data can be downloaded once within a day."))
            return redirect("admin:summit_person_detail", person.pk)
        rows = list(subject_access.waiting(person.summit, user).filter(person=person).select_related("asked_by"))
        extra = {"requests": rows, "until": rows[-1].pk if rows else ""}
        return self._page(
            request, person, "admin/backoffice/personal_data/agree.html", _("Approve the data export"), **extra
        )

    @model_page("<int:pk>/erase/", "erase", do=person_erasure.ERASE)
    def erase_view(self, request: HttpRequest, person: Person) -> HttpResponse:
        """Show which data would be erased (GET), or erase it (POST).

        The page also shows which data stays, and why.
        """
        user = user_of(request)
        if request.method == "POST":
            try:
                person_erasure.erase(person=person, reason=request.POST.get("reason", ""), by=user)
            except (AlreadyErased, UnknownReason) as refused:
                messages.warning(request, str(refused))
                return redirect("admin:summit_person_erase", person.pk)
            messages.success(request, _("The person’s data is erased. This page shows what remains."))
            return redirect("admin:summit_person_detail", person.pk)
        return self._page(request, person, "admin/backoffice/personal_data/erase.html", _("Erase person"))

    def _page(self, request: HttpRequest, person: Person, template: str, title: str, **more: object) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "original": person,
            "summit": person.summit,
            "plan": person_erasure.plan(person),
            "reasons": Reason.choices,
            **more,
        }
        return TemplateResponse(request, template, context)
