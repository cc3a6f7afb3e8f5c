"""Filters of the admin list of draft sessions."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, pgettext_lazy

from sessions.agenda.selectors.draft_snapshots import draft
from sessions.conflicts.selectors.warnings import RULES, warnings
from sessions.draft.models.kinds import CustomKind, SessionKind
from sessions.draft.selectors.progress import Progress, progress
from sessions.overview.dashboard import HOUR
from summit.admin_base.dashboard import end_of
from summit.admin_base.row_keys import key_of
from summit.core.database_clock import db_now
from summit.core.date_formats import long_day
from summit.core.validators import validate_year
from summit.summits.models import Room, Summit

# Where a session that isn't cancelled stands, in words.
PROGRESS = {
    Progress.SCHEDULED: pgettext_lazy("session", "scheduled"),
    Progress.RUNNING: pgettext_lazy("session", "in progress"),
    Progress.OVER: pgettext_lazy("session", "over"),
}


class DayFilter(admin.SimpleListFilter):
    """Filter by the day on which a session starts, in the venue's time zone."""

    title = gettext_lazy("day")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the days on which sessions start."""
        rows = model_admin.get_queryset(request)
        summit = key_of(request.GET.get("summit__id__exact", ""))
        if summit is not None:
            rows = rows.filter(summit=summit)
        self.summits = {row.pk: row for row in Summit.objects.filter(pk__in=rows.values("summit"))}
        starts = rows.order_by("starts_at").values_list("starts_at", "summit_id")
        days = {start.astimezone(self.summits[key].zone).date() for start, key in starts}
        return [(day.isoformat(), long_day(day)) for day in sorted(days)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the sessions that start on the chosen day; all sessions without a valid day."""
        try:
            day = date.fromisoformat(self.value() or "")
            validate_year(day)
        except (ValueError, ValidationError):
            return queryset
        condition = Q(pk__in=[])
        for summit in self.summits.values():
            start = datetime.combine(day, time(), tzinfo=summit.zone)
            end = datetime.combine(day + timedelta(days=1), time(), tzinfo=summit.zone)
            condition |= Q(summit=summit, starts_at__gte=start, starts_at__lt=end)
        return queryset.filter(condition)


class KindFilter(admin.SimpleListFilter):
    """Filter by kind: the standard kinds, and the chosen summit's own."""

    title = gettext_lazy("type")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the kinds of the sessions in the list, or of the chosen summit's sessions."""
        rows = model_admin.get_queryset(request).order_by()
        summit = chosen(request)
        if summit is not None:
            rows = rows.filter(summit=summit)
        used = set(rows.values_list("kind", flat=True).distinct())
        own_kinds = [
            (f"own:{row.pk}", str(row)) for row in CustomKind.objects.filter(pk__in=rows.values("custom_kind"))
        ]
        return [*own_kinds, *(entry for entry in SessionKind.choices if entry[0] in used)]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the sessions of the chosen kind; all sessions if no kind is chosen."""
        value = self.value() or ""
        if value.startswith("own:"):
            return queryset.filter(custom_kind=key_of(value.removeprefix("own:")) or 0)
        return queryset.filter(kind=value) if value in SessionKind.values else queryset


class RoomFilter(admin.SimpleListFilter):
    """Filter by room. The choices are the rooms of the sessions in the list, or of the chosen summit's sessions."""

    title = pgettext_lazy("label", "room")
    parameter_name = "room"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the rooms, and an entry for sessions without a room."""
        rows = model_admin.get_queryset(request).order_by()
        summit = chosen(request)
        if summit is not None:
            rows = rows.filter(summit=summit)
        rooms = Room.objects.filter(pk__in=rows.values("room")).order_by("venue__name", "position", "name")
        return [*((str(row.pk), row.name) for row in rooms), ("none", gettext_lazy("no room"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the sessions in the chosen room, or the sessions without a room if "none" is chosen."""
        value = self.value() or ""
        if value == "none":
            return queryset.filter(room=None)
        key = key_of(value)
        return queryset if key is None else queryset.filter(room=key)


class StandingFilter(admin.SimpleListFilter):
    """Filter by where a session stands: cancelled in the draft, or scheduled, in progress or over by now."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the entry "stands" for all that aren't cancelled, one for each progress, and "cancelled"."""
        return [
            ("stands", gettext_lazy("not cancelled")),
            *((value.value, label) for value, label in PROGRESS.items()),
            ("cancelled", gettext_lazy("cancelled")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the sessions that are cancelled, those that aren't, or those of a progress among the latter."""
        value = self.value() or ""
        if value in PROGRESS:
            rows: models.QuerySet[Any] = queryset.alias(progress=progress())
            return rows.filter(cancelled_at=None, progress=value)
        not_cancelled = {"stands": True, "cancelled": False}.get(value)
        return queryset if not_cancelled is None else queryset.filter(cancelled_at__isnull=not_cancelled)


class StartsFilter(admin.SimpleListFilter):
    """Filter for sessions that start soon, in the venue's time zone."""

    title = gettext_lazy("starts")
    parameter_name = "starts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return entries for the next hour and for later today."""
        return [("hour", gettext_lazy("within the hour")), ("today", gettext_lazy("later today"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the sessions that start in the chosen time, and are neither cancelled nor started already.

        "Today" is the day at the chosen summit's venue.
        """
        now = db_now()
        if self.value() == "hour":
            return queryset.filter(cancelled_at=None, run=None, starts_at__gt=now, starts_at__lte=now + HOUR)
        summit = chosen(request)
        if self.value() == "today" and summit is not None:
            end = end_of(now.astimezone(summit.zone).date(), summit)
            return queryset.filter(cancelled_at=None, run=None, starts_at__gt=now + HOUR, starts_at__lt=end)
        return queryset


class WarningFilter(admin.SimpleListFilter):
    """Filter for sessions with warnings, by the kind of warning."""

    title = gettext_lazy("conflicts")
    parameter_name = "warning"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return an entry for any warning and one for each kind; none unless a summit is chosen."""
        if not chosen(request):
            return []
        return [("any", gettext_lazy("any conflict")), *((kind.value, rule.label) for kind, rule in RULES.items())]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the sessions with a warning of the chosen kind; all sessions unless a summit is chosen."""
        summit, kind = chosen(request), self.value()
        if summit is None or kind not in ("any", *RULES):
            return queryset
        findings = [row for row in warnings(summit, draft(summit)) if kind in ("any", row.kind)]
        return queryset.filter(pk__in={session.session_id for row in findings for session in row.sessions})


def chosen(request: HttpRequest) -> Summit | None:
    """Return the summit by which the list is filtered, or None. Makes one query for each request."""
    key = request.GET.get("summit__id__exact", "")
    cache: dict[str, Summit | None] = request.__dict__.setdefault("desk_chosen", {})
    number = key_of(key)
    if key not in cache and number is not None:
        cache[key] = Summit.objects.filter(pk=number).first()
    return cache.get(key)
