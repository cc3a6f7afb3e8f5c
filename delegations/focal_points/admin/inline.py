"""The focal points of a party, as an inline on the party's admin page."""

from typing import Any

from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.focal_points.services import focal_points
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.admin.party_names import FewRows
from delegations.parties.models.parties import Party
from summit.admin_base.detail_pages import detail_url
from summit.users.models import User


class FocalPointInline(FewRows):
    """The inline of a party's focal points. A person is found by typing."""

    model = FocalPoint
    summit_path = "party__summit"
    show_change_link = False
    autocomplete_fields = ("person",)
    fields = ("person", "email")
    readonly_fields = ("email",)

    @admin.display(description=gettext_lazy("email"))
    def email(self, row: FocalPoint) -> SafeString | str:
        """Return the person's email address as a link to the person's page, where it is changed."""
        if row.pk is None:
            return "–"
        return format_html('<a href="{}">{}</a>', detail_url(row.person), row.person.email or _("Add email address"))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows, joined with their people and party."""
        return super().get_queryset(request).select_related("person", "party")


def set_focal_points(request: HttpRequest, party: Party, formset: Any) -> None:
    """Add and remove focal points as the formset on a party's page says. For a changed row, the old focal point is
    removed and the new one is added."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    formset.new_objects = formset.changed_objects = formset.deleted_objects = []
    deleted = set(map(id, formset.deleted_forms))
    changed = [form for form in formset.forms if form.has_changed() and id(form) not in deleted]
    leaving = [form.instance.pk for form in (*formset.deleted_forms, *changed) if form.instance.pk]
    try:
        # All or nothing: a focal point who is replaced stays if the new one is refused.
        with transaction.atomic():
            for point in FocalPoint.objects.filter(pk__in=leaving).select_related("party__summit", "person"):
                focal_points.remove(point=point, by=request.user)
            for form in changed:
                focal_points.name(party=party, person=form.cleaned_data["person"], by=request.user)
    except focal_points.ActingRefused as refused:
        messages.warning(request, str(refused))
