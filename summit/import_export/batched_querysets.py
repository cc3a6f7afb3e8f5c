"""Read the rows of an admin list in batches by their keys, in the order of the keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.admin.sites import site
from django.db import models
from django.http import HttpRequest

from summit.import_export import export_columns as columns_import_export
from summit.import_export.export_columns import Column, short
from summit.users.models import User

# The most rows of a file. A longer list must be filtered before it is exported.
MOST = 100_000
# The columns that an import fills (`summit.import_export.importable_lists`) are exported too, so that an export can
# be imported again. This is a dict from the label of a model to a function that returns these columns by name. A
# column is None if the model's own field is exported.
TOLD_TOO: dict[str, Callable[[], dict[str, Column | None]]] = {}


class Listed:
    """An admin list as the user of `request` sees it. The parameters of the request are ignored."""

    def __init__(self, desk: Any, request: HttpRequest) -> None:
        self.desk = desk
        self.request = request

    def names(self) -> list[str]:
        """Return the names of the columns: those that the user's list shows, then those that only the export has."""
        visible = self._visible()
        more = [*self.desk.told_too, *self._filled()]
        return [*visible, *(name for name in dict.fromkeys(more) if name not in visible)]

    def _visible(self) -> list[str]:
        return [str(name) for name in self.desk.get_list_display(self.request) if name not in self.desk.leads]

    def shown_columns(self) -> list[Column]:
        """Return the columns that the user's list shows, without the keys, with headings in the active language."""
        visible = self._visible()
        return [each for each in columns_import_export.columns(self.desk, visible, {}) if each.field in visible]

    def columns(self) -> list[Column]:
        """Return the columns of the export, the keys first, with headings in the active language."""
        return exported_columns(self.desk, self.names())

    def _filled(self) -> dict[str, Column | None]:
        return filled_columns(self.desk)

    def page(self, keys: Sequence[int]) -> list[Any]:
        """Return the rows with these primary keys, in the order of `keys`, prepared for the columns.

        Rows that were deleted meanwhile, or that the user may no longer see, are left out.
        """
        rows_by_pk = {row.pk: row for row in self._rows().filter(pk__in=keys)}
        rows = [rows_by_pk[key] for key in keys if key in rows_by_pk]
        self.desk.make_ready(self.request, rows)
        return rows

    def _rows(self) -> models.QuerySet[Any]:
        desk, model = self.desk, self.desk.model
        related = desk.get_list_select_related(self.request) or ()
        keys = {field.name for field in model._meta.fields if isinstance(field, models.ForeignKey)}
        relations = {*related, *(keys & set(self.names())), *([desk.summit_path] if desk.summit_path else [])}
        rows: models.QuerySet[Any] = desk.get_queryset(self.request)
        several = {field.name for field in model._meta.many_to_many} & set(self.names())
        rows = rows.prefetch_related(*sorted(several))
        return rows.select_related(*sorted(relations)) if relations else rows


def filled_columns(desk: Any) -> dict[str, Column | None]:
    """Return the columns of a list that an import fills, by name."""
    filled = TOLD_TOO.get(desk.opts.label_lower)
    return filled() if filled else {}


def exported_columns(desk: Any, names: list[str]) -> list[Column]:
    """Return the columns with these names in the export of a list, the keys first.

    If the list can be imported, some columns only describe in words a field that is exported too. Such a column is
    left out if it has the same name or heading as the field.
    """
    filled = filled_columns(desk)
    made = {name: each for name, each in filled.items() if each is not None}
    all_columns = columns_import_export.columns(desk, names, made)
    if not filled:
        return all_columns
    fields = {field.name for field in desk.model._meta.fields} | set(filled)
    headings = {column.heading for column in all_columns if column.field in fields}
    field_names = {column.field for column in all_columns} & fields
    return [
        each
        for each in all_columns
        if each.field in field_names or not {each.heading, short(each.field)} & (headings | field_names)
    ]


def desk_of(label: str) -> Any:
    """Return the ModelAdmin of the model with this label, such as "summit.venue".

    Return None if the model has none.
    """
    return next((desk for model, desk in site._registry.items() if model._meta.label_lower == label), None)


def reading(user: User) -> HttpRequest:
    """Return a new GET request of the user, with which a job can read a list."""
    request = HttpRequest()
    request.method, request.user = "GET", user
    return request
