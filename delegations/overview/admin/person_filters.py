"""What the list of people is narrowed by."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from delegations.members.admin import person_filters
from delegations.members.admin.person_filters import ChooserFilter
from summit.core.date_formats import short_day
from summit.people.models import Person
from summit.permissions.rules import allows

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
        summit = person_filters.summit_of_list(request)
        if summit is None or not allows(request.user, "delegations.travel.view", summit):
            return []
        rows = Person.objects.filter(summit=summit, particulars__arrives_at__isnull=False).order_by()
        days = rows.annotate(day=TruncDate("particulars__arrives_at", tzinfo=summit.zone)).values_list(
            "day", flat=True
        )
        return [(day.isoformat(), short_day(day)) for day in days.distinct().order_by("day")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Narrow the list: only where the reader may see who arrives when."""
        summit, day = person_filters.summit_of_list(request), _day(self.value())
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
