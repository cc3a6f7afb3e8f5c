"""Filters of the list of people, by party and by category."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.members.models.categories import Category
from delegations.parties.selectors import party_names
from summit.admin_base.row_keys import key_of
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.permissions.rules import allows
from summit.summits.models import Summit


def summit_of_list(request: HttpRequest) -> Summit | None:
    """Return the summit that the list is filtered by, or else the summit chosen in the page header.

    Return None if neither is set.
    """
    filter_pk = key_of(request.GET.get("summit__id__exact", ""))
    summits = summits_of(request)
    return next((row for row in summits if row.pk == filter_pk), None) or chosen_summit(request, summits)


class ChooserFilter(admin.SimpleListFilter):
    """A filter shown as a select box with a button, because it has too many choices for a list of links."""

    template = "admin/delegations/members/dropdown_filter.html"

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices as dicts. The first one also has the URL's other query parameters, in `other_params`."""
        other_params = [(name, value) for name, value in changelist.params.items() if name != self.parameter_name]
        for index, choice in enumerate(super().choices(changelist)):
            value = "" if index == 0 else str(self.lookup_choices[index - 1][0])
            yield {**choice, "value": value, "kept": other_params if index == 0 else [], "name": self.parameter_name}


class PartyFilter(ChooserFilter):
    """Filters people by the party that they are members of."""

    title = pgettext_lazy("label", "delegation")
    parameter_name = "party"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the summit's parties as choices, or none if the user may not see members. Makes one query."""
        summit = summit_of_list(request)
        if summit is None or not allows(request.user, "delegations.membership.view", summit):
            return []
        names = party_names.book(summit).by_key.items()
        return [(str(key), named.name) for key, named in sorted(names, key=lambda pair: pair[1].alphabetical)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to members of the chosen party. Without a choice, return the list unchanged."""
        key = key_of(self.value() or "")
        return queryset if key is None else queryset.filter(membership__party=key)


class CategoryFilter(admin.SimpleListFilter):
    """Filters people by the category that they are named in."""

    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the summit's categories as choices, or none if the user may not see members. Makes one query."""
        summit = summit_of_list(request)
        if summit is None or not allows(request.user, "delegations.membership.view", summit):
            return []
        return [(str(row.pk), str(row)) for row in Category.objects.filter(summit=summit)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to members in the chosen category. Without a choice, return the list unchanged."""
        key = key_of(self.value() or "")
        return queryset if key is None else queryset.filter(membership__category=key)
