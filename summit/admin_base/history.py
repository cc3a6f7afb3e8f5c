"""The page with the audit entries of one object, in the place of Django's own history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import formats
from django.utils.translation import gettext as _

from summit.admin_base.audit_filters import action_choices, condition_of
from summit.admin_base.row_keys import key_of
from summit.audit.access_log import SEEN, seen_of
from summit.audit.actions import MODEL_WORDS, ModelDescription
from summit.audit.models import AuditEntry
from summit.audit.rendering import AuditLine, render
from summit.permissions.rules import allows, summits_for
from summit.summits.models import Summit
from summit.templatetags.moments import clock_zone, day
from summit.undo import selectors as undo_selectors

PER_PAGE = 50


def of_row(row: models.Model) -> QuerySet[AuditEntry]:
    """Return the audit entries of a row and of its parts."""
    return AuditEntry.objects.filter(condition_of(row))


def readable(rows: QuerySet[AuditEntry], request: HttpRequest) -> QuerySet[AuditEntry]:
    """Return the entries of `rows` that the user of the request may read.

    These are the entries of summits where the user may read the audit. A superuser also reads the entries of no
    summit.
    """
    allowed = summits_for(request.user, "summit.auditentry.view")
    return rows if allowed is None else rows.filter(summit__in=allowed)


class Slice:
    """A page of audit entries, newest first, before or after a given entry.

    Pages aren't counted, and users can't jump to a page by number.
    """

    def __init__(self, rows: QuerySet[AuditEntry], given: Any, *, size: int = PER_PAGE) -> None:
        before, after = (_number(given.get(name, "")) for name in ("before", "after"))
        if before is not None:
            rows = rows.filter(pk__lt=before)
        if after is not None:
            entries = list(
                reversed(rows.filter(pk__gt=after).order_by("pk").select_related("by", "summit")[: size + 1])
            )
            has_more, entries = len(entries) > size, entries[-size:]
            self.newer, self.older = has_more, bool(entries)
        else:
            entries = list(rows.order_by("-pk").select_related("by", "summit")[: size + 1])
            has_more, entries = len(entries) > size, entries[:size]
            self.newer, self.older = before is not None, has_more
        self.entries = entries
        self.first, self.last = (entries[0].pk, entries[-1].pk) if entries else (0, 0)
        query = given.copy()
        for name in ("before", "after"):
            query.pop(name, None)
        self.query = query.urlencode()


def _actions(rows: QuerySet[AuditEntry]) -> list[Any]:
    """Return the choices of actions in the entries of a row. Makes one query.

    Only a history of several pages needs the choices.
    """
    return action_choices(set(rows.order_by().values_list("action", flat=True).distinct()))


def _number(text: str) -> int | None:
    return key_of(text)


def by_day(lines: Sequence[AuditLine], summit: Summit | None) -> Iterator[tuple[str, list[tuple[str, AuditLine]]]]:
    """Yield each day as a text, with a list of (time, line) for its lines.

    Times are in the zone of the entry's summit, else of `summit`, else in UTC.
    """
    for name, lines_of_day in groupby(lines, key=lambda line: _day(line, summit)):
        yield name, [(_time(line, summit), line) for line in lines_of_day]


def _day(line: AuditLine, summit: Summit | None) -> str:
    zone = line.entry.summit or summit
    return day(line.entry.at, zone) if zone else formats.date_format(line.entry.at, "l j F Y")


def _time(line: AuditLine, summit: Summit | None) -> str:
    zone = line.entry.summit or summit
    return clock_zone(line.entry.at, zone) if zone else _("%(time)s UTC") % {"time": f"{line.entry.at:%H:%M}"}


class HistoryMixin:
    """Adds the page "History" with the audit entries of an object.

    Only users who may read the audit of the object's summit see the page and the link to it.
    """

    opts: Any
    admin_site: Any
    summit_path: str | None

    def _may_see_history(self, request: HttpRequest, obj: models.Model) -> bool:
        summit: Summit | None = None if self.summit_path is None else self._summit(obj)  # type: ignore[attr-defined]
        return allows(request.user, "summit.auditentry.view", summit)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show who did what to the object, the newest entry first.

        With `?show=seen`, show who saw its personal data. `?action=` limits the page to one kind of action. Raises
        Http404 if the user may not see the object, and PermissionDenied if the user may not read the audit.
        """
        row = self.admit(request, "view", object_id)  # type: ignore[attr-defined]
        if not self._may_see_history(request, row):
            raise PermissionDenied(_("Only organisers can see the history."))
        summit: Summit | None = None if self.summit_path is None else self._summit(row)  # type: ignore[attr-defined]
        seen = request.GET.get("show") == "seen"
        rows = readable(seen_of(row) if seen else of_row(row).exclude(action=SEEN), request)
        chosen = "" if seen else request.GET.get("action", "").replace("\0", "")
        page = Slice(rows.filter(action=chosen) if chosen else rows, request.GET)
        lines = render(page.entries, request.user)
        undo_selectors.mark(lines, request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "opts": self.opts,
            "object": row,
            "name": MODEL_WORDS.get(row._meta.label_lower, ModelDescription()).name(row),
            "summit": summit,
            "slice": page,
            "seen": seen,
            "action": chosen,
            "actions": [] if seen or not (chosen or page.older or page.newer) else _actions(rows),
            "days": list(by_day(lines, summit)),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Add to the context whether to link to the history, and the summit of the row."""
        row = kwargs.get("obj")
        if row is not None:
            context["shows_history"] = self._may_see_history(request, row)
            if self.summit_path is not None:
                context.setdefault("summit", self._summit(row))  # type: ignore[attr-defined]
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
