"""The focal points of a party, as an inline on the party's admin page."""

from typing import Any

from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest

from delegations.focal_points.services import focal_points
from delegations.members.models.focal_points import FocalPoint
from delegations.parties.admin.party_names import FewRows
from delegations.parties.models.parties import Party
from summit.admin_base.forms import SentencesForm
from summit.admin_base.lookup_limits import KeyedSelect
from summit.people.models import Person
from summit.users.models import User


class PersonSelect(KeyedSelect):
    """A select in which the user finds a person by typing. The chosen person comes from the page's query, so that
    each select needs no query of its own."""

    known: Person | None = None

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Return the chosen person as the only option. The others are loaded while the user types."""
        if self.known is None or [str(entry) for entry in value] != [str(self.known.pk)]:
            return super().optgroups(name, value, attr)
        return [(None, [self.create_option(name, self.known.pk, str(self.known), True, 0)], 0)]


class PersonRowForm(SentencesForm):
    """The form of an inline row that refers to a person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("person")
        if field is not None and self.instance.person_id:
            inner: Any = getattr(field.widget, "widget", field.widget)
            inner.known = self.instance.person


class PeopleInline(FewRows):
    """An inline of a party's rows that refer to people."""

    form = PersonRowForm
    summit_path = "party__summit"
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows, joined with their people and party."""
        return super().get_queryset(request).select_related("person", "party")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form field. In the field `person`, the user finds a person by typing."""
        if db_field.name == "person":
            kwargs["widget"] = PersonSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class FocalPointInline(PeopleInline):
    """The inline of a party's focal points."""

    model = FocalPoint


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
