"""The rows of a list of the admin, read again some at a time: in the order that the list had when it was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.admin.sites import site
from django.db import models
from django.http import HttpRequest

from summit.import_export import columns as columns_import_export
from summit.import_export.columns import Column, short
from summit.users.models import User

# So many rows a file has at most: a longer list is narrowed first.
MOST = 100_000
# What a table fills of a list (`summit.import_export.registry`) is in its export, so that this can be read in again:
# by name, and the column where the model has none that tells it.
TOLD_TOO: dict[str, Callable[[], dict[str, Column | None]]] = {}


class Listed:
    """A list of the admin for one reader. `request` says who reads; what it asks for besides isn't looked at."""

    def __init__(self, desk: Any, request: HttpRequest) -> None:
        self.desk = desk
        self.request = request

    def names(self) -> list[str]:
        """Return the columns that the reader's list shows, and those that are told with them."""
        shown = [str(name) for name in self.desk.get_list_display(self.request) if name not in self.desk.leads]
        more = [*self.desk.told_too, *self._filled()]
        return [*shown, *(name for name in dict.fromkeys(more) if name not in shown)]

    def columns(self) -> list[Column]:
        """Return the columns of a table, the keys before them, called in the active language. Where a table fills the
        list, a column in words gives way to the field that it tells in them, which has its name."""
        filled = self._filled()
        found = columns_import_export.columns(
            self.desk, self.names(), {name: each for name, each in filled.items() if each is not None}
        )
        if not filled:
            return found
        fields = {field.name for field in self.desk.model._meta.fields} | set(filled)
        said = {column.heading for column in found if column.field in fields}
        told = {column.field for column in found} & fields
        return [each for each in found if each.field in told or not {each.heading, short(each.field)} & (said | told)]

    def _filled(self) -> dict[str, Column | None]:
        filled = TOLD_TOO.get(self.desk.opts.label_lower)
        return filled() if filled else {}

    def page(self, keys: Sequence[int]) -> list[Any]:
        """Return the rows of some keys, in their order, ready for the columns; those that are gone meanwhile, or are
        no more the reader's to see, are left out."""
        found = {row.pk: row for row in self._rows().filter(pk__in=keys)}
        rows = [found[key] for key in keys if key in found]
        self.desk.make_ready(self.request, rows)
        return rows

    def _rows(self) -> models.QuerySet[Any]:
        desk, model = self.desk, self.desk.model
        related = desk.get_list_select_related(self.request) or ()
        keys = {field.name for field in model._meta.fields if isinstance(field, models.ForeignKey)}
        wanted = {*related, *(keys & set(self.names())), *([desk.summit_path] if desk.summit_path else [])}
        rows: models.QuerySet[Any] = desk.get_queryset(self.request)
        several = {field.name for field in model._meta.many_to_many} & set(self.names())
        rows = rows.prefetch_related(*sorted(several))
        return rows.select_related(*sorted(wanted)) if wanted else rows


def desk_of(label: str) -> Any:
    """Return the desk of a model by its label, such as "summit.venue"; None where there is none."""
    return next((desk for model, desk in site._registry.items() if model._meta.label_lower == label), None)


def reading(user: User) -> HttpRequest:
    """Return a request by which an account reads a list without a browser."""
    request = HttpRequest()
    request.method, request.user = "GET", user
    return request
