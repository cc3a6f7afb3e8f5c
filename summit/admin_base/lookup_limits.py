"""Limits the lookups in the query string of an admin list to those that its filters offer.

Django filters a list by any column and comparison in the query string. A user who sees the list could find out hidden
values that way, one letter at a time. Django also passes numbers to the database that fit into no column.
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models
from django.http import HttpRequest, HttpResponse

from summit.admin_base.row_keys import DIGITS, key_of, keys_of
from summit.core.validators import FIRST_YEAR, LAST_YEAR

# The lookups of Django's own filters: for choices, related rows, dates and empty values.
_COMPARED = ("exact", "isnull", "isempty", "id__exact", "pk__exact", "gte", "lt")
_NUMBER = re.compile(r"\s*[-+]?\d+\s*")


def readable(value: str) -> bool:
    """Return whether a value can be sent to the database: no number is too large, and no text has a NUL."""
    return "\0" not in value and not (len(value) > DIGITS and _NUMBER.fullmatch(value))


class LookupsMixin:
    """Allows only a list's own filters in its query string, and only keys that can exist."""

    model: Any

    def _offered(self, request: HttpRequest) -> set[str]:
        offered: set[str] = set()
        for entry in self.get_list_filter(request):  # type: ignore[attr-defined]
            parameter = getattr(entry, "parameter_name", None)
            path = entry[0] if isinstance(entry, (tuple, list)) else entry
            offered |= {parameter} if parameter else {str(path), *(f"{path}__{lookup}" for lookup in _COMPARED)}
        days = self.date_hierarchy  # type: ignore[attr-defined]
        offered |= {f"{days}__{part}" for part in ("year", "month", "day", "gte", "lt")} if days else set()
        return offered

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Return whether a filter of this list offers a lookup.

        Raises IncorrectLookupParameters for a name that is no column, and for a value that can't be sent to the
        database. Django then redirects to the whole list.
        """
        if not readable(str(value)):
            raise IncorrectLookupParameters
        if request is not None and lookup in self._offered(request):
            return True
        column = lookup.partition("__")[0]
        known = {field.name for field in self.model._meta.get_fields()} | {"pk"}
        known |= {field.attname for field in self.model._meta.concrete_fields}
        if column not in known:
            raise IncorrectLookupParameters
        return False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list. Raises IncorrectLookupParameters for a year that Django can't calculate with."""
        year = request.GET.get(f"{self.date_hierarchy}__year")  # type: ignore[attr-defined]
        if year is not None and not FIRST_YEAR <= (key_of(year) or 0) <= LAST_YEAR:
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)  # type: ignore[misc]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the initial values for a new row from the query string.

        Values for a date with a time are left out: users choose them in the form.
        """
        initial: dict[str, Any] = super().get_changeform_initial_data(request)  # type: ignore[misc]
        columns = {field.name: field for field in self.model._meta.concrete_fields}
        return {
            name: value for name, value in initial.items() if not isinstance(columns.get(name), models.DateTimeField)
        }

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list. Selected values that can't be keys are ignored."""
        if ACTION_CHECKBOX_NAME in request.POST:
            posted = request.POST.copy()
            keys = keys_of(posted.getlist(ACTION_CHECKBOX_NAME))
            posted.setlist(ACTION_CHECKBOX_NAME, [str(key) for key in keys])
            if not keys:
                posted.pop(ACTION_CHECKBOX_NAME)
            request.POST = posted  # type: ignore[assignment]
        response: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]
        return response
