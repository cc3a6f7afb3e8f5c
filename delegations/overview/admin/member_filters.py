"""Filters of the list of members."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from delegations.members.admin.person_filters import CategoryFilter, PartyFilter
from delegations.overview.admin.person_filters import LACKS
from summit.admin_base.row_keys import key_of
from summit.people.models import Person


class MemberPartyFilter(PartyFilter):
    """Filters members by party."""

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to members of the chosen party."""
        key = key_of(self.value() or "")
        return queryset if key is None else queryset.filter(party=key)


class MemberCategoryFilter(CategoryFilter):
    """Filters members by category."""

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to members in the chosen category."""
        key = key_of(self.value() or "")
        return queryset if key is None else queryset.filter(category=key)


class VettedFilter(admin.SimpleListFilter):
    """Filters members by whether their category is vetted."""

    title = _("vetted")
    parameter_name = "vetted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return "yes" and "no" as choices."""
        return [("yes", _("yes")), ("no", _("no"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to members in vetted categories, or in the other ones. Without a choice, return it
        unchanged."""
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(category__vetted=self.value() == "yes")


class MemberLacksFilter(admin.SimpleListFilter):
    """Filters members by the data that is missing for them."""

    title = _("missing")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the keys of LACKS as choices."""
        return [
            ("passport", _("passport number")),
            ("photo", _("photograph")),
            ("arrival", _("arrival")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to members for whom the chosen item is missing."""
        condition, _action = LACKS.get(self.value() or "", (None, ""))
        return queryset if condition is None else queryset.filter(person__in=Person.objects.filter(condition))


def with_lacks(members: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Annotate members with three booleans for missing data: `lacks_passport`, `lacks_photo`, `lacks_arrival`."""
    person = Person.objects.filter(pk=models.OuterRef("person")).order_by()
    lacks = {f"lacks_{name}": models.Exists(person.filter(condition)) for name, (condition, _action) in LACKS.items()}
    annotated: models.QuerySet[Any] = members.annotate(**lacks)
    return annotated
