"""A base class of the admin for rows that desk users add, change and delete through the functions of a service
module."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from delegations.core.admin.ordering_page import arrange
from summit.admin_base.service_admin import ServiceAdmin, Values
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User


class ServiceRowAdmin(ServiceAdmin):
    """An admin that saves and deletes rows through the service module `services`.

    `called` is the name of the row's keyword argument in the functions of `services`.
    """

    services: Any
    called = ""
    # The page on which the rows of a summit are put in order.
    order_page = ""
    # Shown where there is no row yet that a many-to-many field could refer to.
    nothing_to_choose: Any = gettext_lazy("No zones yet.")
    change_list_template = "admin/delegations/core/service_row_change_list.html"

    def values_of(self, form: Any, *, change: bool) -> dict[str, Any]:
        """Return the form's values for the fields that `services` accepts. With `change`, return only the changed
        values."""
        many = {field.name for field in self.model._meta.many_to_many}
        known = {*self.services.FIELDS, *many} & set(form.cleaned_data)
        return {name: form.cleaned_data[name] for name in known if not change or name in form.changed_data}

    def create(self, *, by: User, row: Any, values: Values) -> models.Model:
        """Add the row with `services.create` and return it."""
        created: models.Model = self.services.create(summit=row.summit, values=values, by=by)
        return created

    def change(self, *, by: User, row: Any, values: Values) -> object:
        """Change the row with `services.change` and return its result."""
        return self.services.change(**{self.called: row}, values=values, by=by)

    def remove(self, *, by: User, row: Any) -> object:
        """Delete the row with `services.remove` and return its result."""
        return self.services.remove(**{self.called: row}, by=by)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Do nothing: `services` has stored the many-to-many values with the row."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return the actions without "delete selected". A row is deleted on its own page, which can say why it can't
        be deleted."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for confirmation before a row is deleted. If the row can't be deleted, the page says what to do
        instead."""
        row = self.admit(request, "delete", object_id)
        reason = self.services.stops_removal(row)
        if reason and request.method == "POST":
            request.method = "GET"
        return super().delete_view(request, object_id, {"stopped": reason, **(extra_context or {})})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the read-only fields: the summit for an existing row, none for a new row."""
        return ["summit"] if obj else []

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a form field that offers only rows of the edited row's summit."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            choices = self.choices_of(db_field, self._worked_for(request))
            field.queryset = choices
            field.help_text = "" if choices.exists() else self.nothing_to_choose
        return field

    def choices_of(self, db_field: Any, summit: Summit | None) -> models.QuerySet[Any]:
        """Return the rows of a summit that a many-to-many field of the form may refer to."""
        choices: models.QuerySet[Any] = db_field.remote_field.model._default_manager.filter(summit=summit)
        return choices

    def _worked_for(self, request: HttpRequest) -> Summit | None:
        match = request.resolver_match
        key = match.kwargs.get("object_id") if match else None
        row = self.get_object(request, key) if key else None
        if row is not None:
            return self._summit(row)
        return chosen_summit(request, summits_of(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list. If the user may change rows, it has a link to the page that orders them."""
        summit = chosen_summit(request, summits_of(request))
        extra = dict(extra_context or {})
        if self.order_page and summit is not None and allows(request.user, self.permission_for("change"), summit):
            extra["order_url"] = reverse(self.order_page, args=[summit.slug])
        response: HttpResponse = super().changelist_view(request, extra)
        return response


def order_of(
    request: HttpRequest,
    summit: Summit,
    *,
    model: type[models.Model],
    rows: list[Any],
    title: str,
    store: Callable[..., None],
) -> HttpResponse:
    """Show the page on which a summit's rows of a model are ordered, and save a new order with `store`."""
    opts = model._meta
    list_url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    name = str(opts.verbose_name_plural)
    return arrange(
        request,
        title=title,
        items=[(row.pk, str(row)) for row in rows],
        save=lambda keys, expected: store(summit=summit, order=keys, expected=expected, by=request.user),
        back=(name[:1].upper() + name[1:], f"{list_url}?summit__id__exact={summit.pk}"),
        may_change=allows(request.user, f"{opts.label_lower}.change", summit),
    )
