"""Rows that a desk enters, changes and deletes on pages of the admin, saved by functions of the domain."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from delegations.core.admin.ordering import arrange
from summit.admin_base.service_admin import ServiceAdmin, Values
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User


class ThroughDomain(ServiceAdmin):
    """A model whose rows `domain`, a module, enters, changes and removes; there a row is called `called`."""

    domain: Any
    called = ""
    # The page on which the rows of a summit are put in order.
    order_page = ""
    # What stands where there is nothing yet that the row could refer to.
    nothing_to_choose: Any = gettext_lazy("No zone is entered yet.")
    change_list_template = "admin/delegations/arranged.html"

    def values_of(self, form: Any, *, change: bool) -> dict[str, Any]:
        """Return what was entered; of a row that is there, what was changed."""
        many = {field.name for field in self.model._meta.many_to_many}
        known = {*self.domain.FIELDS, *many} & set(form.cleaned_data)
        return {name: form.cleaned_data[name] for name in known if not change or name in form.changed_data}

    def enter(self, *, by: User, row: Any, values: Values) -> models.Model:
        """Enter the row."""
        made: models.Model = self.domain.enter(summit=row.summit, values=values, by=by)
        return made

    def change(self, *, by: User, row: Any, values: Values) -> object:
        """Change the row."""
        return self.domain.change(**{self.called: row}, values=values, by=by)

    def remove(self, *, by: User, row: Any) -> object:
        """Delete the row."""
        return self.domain.remove(**{self.called: row}, by=by)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Do nothing more: what hangs on the row was stored with it."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Delete rows one by one, each on its page, which says what stops it."""
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before deleting a row; where it can't be, say what to do instead."""
        row = self.admit(request, "delete", object_id)
        stopped = self.domain.stops_removal(row)
        if stopped and request.method == "POST":
            request.method = "GET"
        return super().delete_view(request, object_id, {"stopped": stopped, **(extra_context or {})})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep a row in its summit."""
        return ["summit"] if obj else []

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the rows of the summit whose row it is."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            found = self.choices_of(db_field, self._worked_for(request))
            field.queryset = found
            field.help_text = "" if found.exists() else self.nothing_to_choose
        return field

    def choices_of(self, db_field: Any, summit: Summit | None) -> models.QuerySet[Any]:
        """Return the rows of a summit to which a many-to-many field of the form may refer."""
        found: models.QuerySet[Any] = db_field.remote_field.model._default_manager.filter(summit=summit)
        return found

    def _worked_for(self, request: HttpRequest) -> Summit | None:
        match = request.resolver_match
        key = match.kwargs.get("object_id") if match else None
        row = self.get_object(request, key) if key else None
        if row is not None:
            return self._summit(row)
        return chosen_summit(request, summits_of(request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with the way to its order."""
        summit = chosen_summit(request, summits_of(request))
        more = dict(extra_context or {})
        if self.order_page and summit is not None and allows(request.user, self.permission_for("change"), summit):
            more["order_url"] = reverse(self.order_page, args=[summit.slug])
        shown: HttpResponse = super().changelist_view(request, more)
        return shown


def order_of(
    request: HttpRequest,
    summit: Summit,
    *,
    model: type[models.Model],
    rows: list[Any],
    title: str,
    store: Callable[..., None],
) -> HttpResponse:
    """Show the page on which a summit's rows of a model are put in order, and have `store` store it."""
    opts = model._meta
    listed = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    name = str(opts.verbose_name_plural)
    return arrange(
        request,
        title=title,
        items=[(row.pk, str(row)) for row in rows],
        save=lambda keys, expected: store(summit=summit, order=keys, expected=expected, by=request.user),
        back=(name[:1].upper() + name[1:], f"{listed}?summit__id__exact={summit.pk}"),
        may_change=allows(request.user, f"{opts.label_lower}.change", summit),
    )
