"""Filters of the list of people, by missing data and by day of arrival."""

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

# Data that may be missing for members: a condition on people, and the permission to see whether it is missing.
LACKS: dict[str, tuple[models.Q, str]] = {
    # Everybody who sees the person may learn that a passport number is entered. The digest shows it without
    # decryption.
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
    """Filters the list to members for whom an item of LACKS is missing."""

    title = _("missing")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the keys of LACKS as choices."""
        return [
            ("passport", _("passport number (members)")),
            ("photo", _("photograph (members)")),
            ("arrival", _("arrival (members)")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to members for whom the chosen item is missing."""
        condition, _action = LACKS.get(self.value() or "", (None, ""))
        return queryset if condition is None else queryset.filter(condition, membership__isnull=False)


class ArrivesFilter(ChooserFilter):
    """Filters people by the day on which they arrive at the venue."""

    title = _("arrives on")
    parameter_name = "arrives"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the days with arrivals as choices, or none if the user may not see travel data. Makes one query."""
        summit = person_filters.summit_of_list(request)
        if summit is None or not allows(request.user, "delegations.travel.view", summit):
            return []
        rows = Person.objects.filter(summit=summit, particulars__arrives_at__isnull=False).order_by()
        days = rows.annotate(day=TruncDate("particulars__arrives_at", tzinfo=summit.zone)).values_list(
            "day", flat=True
        )
        return [(day.isoformat(), short_day(day)) for day in days.distinct().order_by("day")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to people who arrive on the chosen day, in the venue's time zone.

        If the user may not see travel data, return the list unchanged.
        """
        summit, day = person_filters.summit_of_list(request), _day(self.value())
        if summit is None or day is None or not allows(request.user, "delegations.travel.view", summit):
            return queryset
        begin = datetime.combine(day, time(), summit.zone)
        end = datetime.combine(day + timedelta(days=1), time(), summit.zone)
        conditions = {"particulars__arrives_at__gte": begin, "particulars__arrives_at__lt": end}
        return queryset.filter(summit=summit, **conditions)


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return None
