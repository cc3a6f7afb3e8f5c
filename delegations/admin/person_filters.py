"""What the list of people is narrowed by."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.domain import naming
from delegations.models import Category
from summit.core.date_formats import short_day
from summit.desk.keys import key_of
from summit.desk.scope import chosen_summit, summits_of
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.summits.models import Summit


def _summit(request: HttpRequest) -> Summit | None:
    """The summit that the list is narrowed to, else the one that the header names."""
    wanted = key_of(request.GET.get("summit__id__exact", ""))
    mine = summits_of(request)
    return next((row for row in mine if row.pk == wanted), None) or chosen_summit(request, mine)


class ChooserFilter(admin.SimpleListFilter):
    """A filter with too many choices for a list: one chooses and presses a button."""

    template = "admin/delegations/person/chooser.html"

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices, the first with what else the address says."""
        kept = [(name, value) for name, value in changelist.params.items() if name != self.parameter_name]
        for place, choice in enumerate(super().choices(changelist)):
            value = "" if place == 0 else str(self.lookup_choices[place - 1][0])
            yield {**choice, "value": value, "kept": kept if place == 0 else [], "name": self.parameter_name}


class PartyFilter(ChooserFilter):
    """Members of a party."""

    title = pgettext_lazy("label", "party")
    parameter_name = "party"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the summit's parties, to whoever sees them. One query."""
        summit = _summit(request)
        if summit is None or not allows(request.user, "delegations.membership.view", summit):
            return []
        names = naming.book(summit).by_key.items()
        return [(str(key), named.name) for key, named in sorted(names, key=lambda pair: pair[1].alphabetical)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list."""
        key = key_of(self.value() or "")
        return queryset if key is None else queryset.filter(membership__party=key)


class CategoryFilter(admin.SimpleListFilter):
    """Members in a category."""

    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the summit's categories, to whoever sees who is in them. One query."""
        summit = _summit(request)
        if summit is None or not allows(request.user, "delegations.membership.view", summit):
            return []
        return [(str(row.pk), str(row)) for row in Category.objects.filter(summit=summit)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list."""
        key = key_of(self.value() or "")
        return queryset if key is None else queryset.filter(membership__category=key)


# What members lack: each a condition on people, and the action by which one sees whether it is there.
LACKS: dict[str, tuple[models.Q, str]] = {
    # That it is there may be told to whoever sees the person; its digest says so without a key.
    "passport": (
        models.Q(particulars__isnull=True) | models.Q(particulars__passport_digest=""),
        "summit.person.view",
    ),
    "photo": (models.Q(photo__isnull=True), "summit.person.view"),
    "arrival": (
        models.Q(particulars__isnull=True) | models.Q(particulars__arrives_at__isnull=True),
        "summit.person.view",
    ),
}


class LacksFilter(admin.SimpleListFilter):
    """Members by what they lack."""

    title = _("lacks")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer what LACKS defines."""
        return [
            ("passport", _("a passport number, and is a member")),
            ("photo", _("a photograph, and is a member")),
            ("arrival", _("an arrival, and is a member")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list."""
        condition, _action = LACKS.get(self.value() or "", (None, ""))
        return queryset if condition is None else queryset.filter(condition, membership__isnull=False)


class ArrivesFilter(ChooserFilter):
    """People by the day at the venue on which they arrive."""

    title = _("arrives on")
    parameter_name = "arrives"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the days on which somebody does, to whoever sees journeys. One query."""
        summit = _summit(request)
        if summit is None or not allows(request.user, "delegations.travel.view", summit):
            return []
        rows = Person.objects.filter(summit=summit, particulars__arrives_at__isnull=False).order_by()
        days = rows.annotate(day=TruncDate("particulars__arrives_at", tzinfo=summit.zone)).values_list(
            "day", flat=True
        )
        return [(day.isoformat(), short_day(day)) for day in days.distinct().order_by("day")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list: only where the reader may see who arrives when."""
        summit, day = _summit(request), _day(self.value())
        if summit is None or day is None or not allows(request.user, "delegations.travel.view", summit):
            return queryset
        begin = datetime.combine(day, time(), summit.zone)
        end = datetime.combine(day + timedelta(days=1), time(), summit.zone)
        found = {"particulars__arrives_at__gte": begin, "particulars__arrives_at__lt": end}
        return queryset.filter(summit=summit, **found)


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return None
