"""An admin filter by the groups that parties belong to."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from delegations.parties.selectors import regions
from summit.admin_base.summit_scope import chosen_summit, summits_of


class GroupFilter(admin.SimpleListFilter):
    """Filters parties, or rows that belong to a party, by a group of parties."""

    title = _("group")
    parameter_name = "group"
    # The lookup prefix from the rows of the list to their parties.
    prefix = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the current summit's groups and the groups of countries as choices."""
        return regions.choices(chosen_summit(request, summits_of(request)))

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to the chosen group. A group that isn't offered leaves the list unchanged."""
        group = self.value() or ""
        offered = group in {value for value, _name in self.lookup_choices}
        return queryset.filter(regions.within(group, self.prefix)) if offered else queryset
