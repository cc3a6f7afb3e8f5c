"""The base class of admins that write rows by services: the same services that the API calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.admin_base import form_idempotency
from summit.admin_base.messages import set_message
from summit.admin_base.model_admin import SummitModelAdmin
from summit.core import deletion_blockers
from summit.users.models import User

Values = Mapping[str, Any]


class ServiceAdmin(SummitModelAdmin):
    """The admin of a model. `create`, `change` and `remove` write its rows; each calls one service."""

    # The fields that are written.
    kept: tuple[str, ...] = ()
    # The exceptions that `remove` may raise if a row can't be deleted, besides ProtectedError and ValidationError.
    refusals: ClassVar[tuple[type[Exception], ...]] = ()

    def create(self, *, by: User, row: Any, values: Values) -> models.Model:
        """Add a row and return it. `row` is unsaved and has the values of the form.

        `values` are those of the fields in `kept`.
        """
        raise NotImplementedError

    def change(self, *, by: User, row: Any, values: Values) -> object:
        """Change a row. `row` has its stored values, and `values` has those of the changed fields."""
        raise NotImplementedError

    def remove(self, *, by: User, row: Any) -> object:
        """Delete a row. Raises one of `refusals` if it can't be deleted."""
        raise NotImplementedError

    def values_of(self, form: Any, *, change: bool) -> dict[str, Any]:
        """Return the values of the fields in `kept`; for an existing row, only those that were changed."""
        return {name: getattr(form.instance, name) for name in self.kept if not change or name in form.changed_data}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Add the row, or change the fields that the user has changed.

        Raises AddedAlready if the form was posted before.
        """
        values = self.values_of(form, change=change)
        if change:
            if values:
                # The form has already changed `obj`. The domain compares with what is stored.
                row = self.model._default_manager.get(pk=obj.pk)
                self.change(by=user_of(request), row=row, values=values)
            return
        form_idempotency.claim(request)
        # The rest of the request uses `obj`, which has to be the stored row.
        obj.__dict__ |= self.create(by=user_of(request), row=obj, values=values).__dict__

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Delete a row. If it can't be deleted, show a message that says why."""
        self._delete(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Delete all of the rows chosen in the list. If one can't be deleted, delete none and show a message."""
        rows = list(queryset)
        if self._delete(request, rows):
            named = _("“%(row)s” deleted.") % {"row": rows[0]}
            counted = ngettext("%(number)d row deleted.", "%(number)d rows deleted.", len(rows))
            set_message(request, named if len(rows) == 1 else counted % {"number": len(rows)})

    def _delete(self, request: HttpRequest, rows: list[Any]) -> bool:
        try:
            with transaction.atomic():
                for row in rows:
                    self.remove(by=user_of(request), row=row)
        except ProtectedError as refused:
            set_message(request, deletion_blockers.describe(refused), messages.WARNING)
        except ValidationError as refused:
            set_message(request, " ".join(refused.messages), messages.WARNING)
        except self.refusals as refused:
            set_message(request, str(refused), messages.WARNING)
        else:
            return True
        return False


def user_of(request: HttpRequest) -> User:
    """Return the signed-in user of a request."""
    assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
    return request.user


def save_rows(
    formset: Any,
    *,
    create: Callable[[Values], object],
    change: Callable[[Any, Values], object],
    remove: Callable[[Any], object],
) -> None:
    """Save the rows of a formset by services: first delete rows, then change and add them.

    `create` takes the values of a new row. `change` takes a stored row and its changed values, and `remove` a stored
    row. A row that somebody else has deleted meanwhile stays deleted.
    """
    formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
    rows, deleted_ids = formset.model._default_manager, set(map(id, formset.deleted_forms))
    for form in formset.deleted_forms:
        if row := rows.filter(pk=form.instance.pk).first():
            remove(row)
    for form in formset.forms:
        if id(form) in deleted_ids or not form.has_changed():
            continue
        values = {name: form.cleaned_data[name] for name in form._meta.fields or form.base_fields if _own(form, name)}
        if form.instance.pk is None:
            create(values)
        elif row := rows.filter(pk=form.instance.pk).first():
            change(row, {name: value for name, value in values.items() if name in form.changed_data})


def _own(form: Any, name: str) -> bool:
    return name in form.cleaned_data and name not in (form.parent_name, "id", "DELETE")
