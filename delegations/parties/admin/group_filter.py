"""A list narrowed by the groups to which parties belong."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from delegations.parties.selectors import regions
from summit.admin_base.summit_scope import chosen_summit, summits_of


class GroupFilter(admin.SimpleListFilter):
    """Parties by the groups to which they belong."""

    title = _("group")
    parameter_name = "group"
    # What leads from the rows of the list to their parties.
    prefix = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Offer the groups of the summit that is worked for, and those of countries."""
        return regions.choices(chosen_summit(request, summits_of(request)))

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list."""
        group = self.value() or ""
        offered = group in {value for value, _name in self.lookup_choices}
        return queryset.filter(regions.within(group, self.prefix)) if offered else queryset
