"""Filters and orderings of the agenda in the API. Only declared fields that the reader may know are supported."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from sessions.agenda.models.releases import ReleasedQuerySet
from sessions.draft.models.kinds import SessionKind
from summit.summits.models import Summit

ORDERS = {
    "starts_at": ("starts_at", "ends_at", "id"),
    "-starts_at": ("-starts_at", "-ends_at", "-id"),
}


def filter_sessions(rows: ReleasedQuerySet, asked: Mapping[str, str], summit: Summit) -> ReleasedQuerySet:
    """Return the sessions that match all parameters. Raises ValidationError with the name of an invalid parameter."""
    _check(asked)
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    if asked.get("room"):
        rows = rows.filter(room_key=asked["room"])
    if asked.get("day"):
        start = datetime.combine(_day(asked["day"]), time(), summit.zone)
        after = datetime.combine(start.date() + timedelta(days=1), time(), summit.zone)
        rows = rows.filter(starts_at__gte=start, starts_at__lt=after)
    if asked.get("language"):
        # Filtered in Python: the databases search JSON lists differently, and a summit has a few hundred sessions.
        languages = rows.order_by().values_list("pk", "languages")
        rows = rows.filter(
            pk__in=[pk for pk, entries in languages if asked["language"] in {entry[1] for entry in entries}]
        )
    return rows


def _check(params: Mapping[str, str]) -> None:
    for name, known in (("kind", SessionKind.values), ("ordering", list(ORDERS))):
        if params.get(name) and params[name] not in known:
            raise ValidationError({name: _("Enter one of: %(known)s.") % {"known": ", ".join(known)}})


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
        return day if day < date.max else date.fromisoformat("")
    except (ValueError, OverflowError):
        raise ValidationError({"day": _("Enter the date as 2025-03-31.")}) from None
