"""The pages that show and change a person's particulars, one for each group of fields. The access is logged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from delegations.members.forms import PersonForm
from delegations.members.person_field_groups import NEEDS, PASSPORT, PHOTO, TRAVEL, FieldGroup, filled, photo_of
from delegations.members.services import people, photos
from delegations.members.services.photos import PhotoProblem
from summit.admin_base.model_pages import ModelPage, model_pages
from summit.admin_base.summit_scope import set_request_summit
from summit.audit import access_log
from summit.people.models import Person
from summit.permissions.rules import check, summits_for
from summit.quarantine.selectors import check_of, content_of
from summit.users.models import User

# By group, the permission that a user needs to find the person at all; "" means `summit.person.view`. For needs it is
# the group's own permission, because a conference officer may see needs, but not people.
SEEN_BY = {PASSPORT.name: "", TRAVEL.name: "", PHOTO.name: "", NEEDS.name: NEEDS.view}
RELATED = ("summit", "particulars__entered_for", "photo", "membership__party")


def _declared(group: FieldGroup, path: str, name: str, methods: str = "GET POST") -> ModelPage:
    """Return the declaration of a page of a group. The view finds the person itself, by the group's permissions."""
    see, post = SEEN_BY[group.name] or "summit.person.view", group.change if "POST" in methods else ""
    return ModelPage(path, name, methods, kind="summit.person", see=see, do=group.view, post=post)


class PagesMixin:
    """Adds to the admin of people a page for each group of particulars, and pages for the photograph."""

    admin_site: Any
    opts: Any

    def _person(self, request: HttpRequest, pk: int, group: FieldGroup) -> tuple[Person, User]:
        """Return the person and the signed-in user.

        Raises Http404 if the user can't see the person, and PermissionDenied if the user may not see the group.
        """
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        rows = Person.objects.select_related(*RELATED)
        visible_summits = summits_for(request.user, SEEN_BY[group.name] or "summit.person.view")
        if visible_summits is not None:
            rows = rows.filter(summit__in=visible_summits)
        person = rows.filter(pk=pk).first()
        if person is None:
            raise Http404
        check(request.user, group.view, person.summit)
        set_request_summit(request, person.summit)
        return person, request.user

    @model_pages(
        *(
            replace(_declared(group, f"<int:pk>/{group.name}/", group.name), more={"group": group})
            for group in (PASSPORT, TRAVEL, NEEDS)
        )
    )
    def group_view(self, request: HttpRequest, pk: int, group: FieldGroup) -> HttpResponse:
        """Show a person's values in a group and log the access; a POST changes the values."""
        person, user = self._person(request, pk, group)
        form = PersonForm(request.POST or None, summit=person.summit, person=person, fields=group.fields)
        if request.method == "POST":
            check(user, group.change, person.summit)
            if form.is_valid():
                try:
                    people.change(person=person, values=form.changed, by=user)
                except ValidationError as problem:
                    form.add_error(None, problem)
                else:
                    messages.success(request, _("Details of %(person)s saved.") % {"person": person.label})
                    return redirect(self._back(user, person))
        self._note(user, person, group)
        titles = {
            PASSPORT: _("Passport details of %(person)s"),
            TRAVEL: _("Travel details of %(person)s"),
            NEEDS: _("Needs of %(person)s"),
        }
        context = {
            **self._context(request, person, titles[group] % {"person": person.label}),
            "form": form,
            "back": self._back(user, person),
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/delegations/members/particulars.html", context, status=status)

    @model_pages(_declared(PHOTO, "<int:pk>/photo/", "photo"))
    def photo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the person's photograph; a POST stores another one, or deletes it with `remove`."""
        person, user = self._person(request, pk, PHOTO)
        problem = ""
        if request.method == "POST":
            check(user, PHOTO.change, person.summit)
            if "remove" in request.POST:
                if photos.remove(person=person, by=user):
                    messages.success(request, _("Photograph deleted."))
                return redirect("admin:summit_person_photo", person.pk)
            upload = request.FILES.get("photo")
            try:
                content = upload.read(photos.LARGEST + 1) if upload is not None else b""
                photos.store(person=person, content=content, by=user)
            except PhotoProblem as refused:
                problem = str(refused)
            else:
                messages.success(request, _("Photograph saved."))
                return redirect("admin:summit_person_photo", person.pk)
        photo = photo_of(person)
        context = {
            **self._context(request, person, _("Photograph of %(person)s") % {"person": person.label}),
            "photo": photo,
            "check": None if photo is None else check_of(photo),
            "problem": problem,
            "back": self._back(user, person),
        }
        status = 422 if problem else 200
        return TemplateResponse(request, "admin/delegations/members/photo.html", context, status=status)

    @model_pages(_declared(PHOTO, "<int:pk>/photo/file/", "photo_file", "GET"))
    def photo_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the photograph as a JPEG that isn't cached, and log the access.

        Raises Http404 if the person has no photograph, and while it is kept back.
        """
        person, user = self._person(request, pk, PHOTO)
        photo = photo_of(person)
        image = None if photo is None else content_of(photo)
        if image is None:
            raise Http404
        self._note(user, person, PHOTO)
        headers = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
        return HttpResponse(image, content_type="image/jpeg", headers=headers)

    def _note(self, user: User, person: Person, group: FieldGroup) -> None:
        fields = filled(person) & set(group.fields)
        if fields:
            access_log.record_page(
                by=user, target=person, summit=person.summit, fields=fields, always=group.each_logged
            )

    def _back(self, user: User, person: Person) -> str:
        visible_summits = summits_for(user, "summit.person.view")
        if visible_summits is None or person.summit_id in visible_summits:
            return reverse("admin:summit_person_detail", args=[person.pk])
        return reverse("admin:index")

    def _context(self, request: HttpRequest, person: Person, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "original": person,
            "summit": person.summit,
        }
