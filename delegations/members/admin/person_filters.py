"""Filters of the list of people, by party and by category."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base.autocomplete import RowSelect
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
    """Filters people by the party that they are members of. The party is found by typing."""

    template = "admin/delegations/members/party_filter.html"
    title = pgettext_lazy("label", "delegation")
    parameter_name = "party"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the chosen party, and set `widget`, in which another one is found.

        Return an empty list if no party of the summit is chosen, or the user may not see members. Makes one query at
        most.
        """
        summit = summit_of_list(request)
        self.widget: RowSelect | None = None
        if summit is None or not allows(request.user, "delegations.membership.view", summit):
            return []
        key = key_of(self.value() or "")
        party = Party.objects.filter(summit=summit, pk=key).first() if key is not None else None
        labels = {} if party is None else {str(party.pk): party_names.to_reader(party).name}
        self.widget = RowSelect(Membership._meta.get_field("party"), admin.site)
        self.widget.summit, self.widget.known = summit, labels
        return list(labels.items())

    def has_output(self) -> bool:
        """Return whether the user may filter by party."""
        return self.widget is not None

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield all parties and the chosen one as choices. The first one also has the field and its files."""
        for index, choice in enumerate(super().choices(changelist)):
            yield choice if index else {**choice, "field": self._field(), "media": self._media()}

    def _field(self) -> str:
        value = [str(key) for key, _name in self.lookup_choices]
        attrs = {"id": f"filter-{self.parameter_name}", "aria-label": capfirst(str(self.title))}
        return "" if self.widget is None else self.widget.render(self.parameter_name, value[:1] or None, attrs)

    def _media(self) -> Any:
        return "" if self.widget is None else self.widget.media

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
