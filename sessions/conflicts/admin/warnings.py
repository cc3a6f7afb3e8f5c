"""Warnings about the draft in the admin: a page of their own, and a part of the release page."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from sessions.agenda.selectors import release_scopes
from sessions.agenda.selectors.change_descriptions import span
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.conflicts.selectors.warnings import RULES, Finding, warnings
from summit.core.date_formats import long_day
from summit.core.validators import validate_year
from summit.summits.models import Summit

ON_PAGE = 50


@dataclass(frozen=True)
class Warned:
    """A warning as a page shows it: its label, whom it concerns, details, and its sessions as (title, time, URL)."""

    label: str
    who: str
    detail: str
    sessions: list[tuple[str, str, str]]


def warning_rows(findings: list[Finding], summit: Summit) -> list[Warned]:
    """Return warnings in words, with links to their sessions."""
    return [
        Warned(
            label=finding.label,
            who=finding.who,
            detail=finding.detail,
            sessions=[
                (
                    session.title,
                    span(session.starts_at, session.ends_at, summit),
                    reverse("admin:agenda_session_detail", args=[session.session_id]),
                )
                for session in finding.sessions
            ],
        )
        for finding in findings
    ]


def day_of(value: str) -> date | None:
    """Return the day that a query parameter names, or None if it isn't a valid date."""
    try:
        day = date.fromisoformat(value)
        validate_year(day)
    except (ValueError, ValidationError):
        return None
    return day


def page(request: HttpRequest, summit: Summit, context: dict[str, Any]) -> HttpResponse:
    """Render the page with all warnings about a summit's draft, filtered by kind and day."""
    all_findings = warnings(summit, draft(summit))
    kind, day = request.GET.get("kind", ""), day_of(request.GET.get("day", ""))
    kind = kind if kind in RULES else ""
    of_day = [
        row
        for row in all_findings
        if day is None or any(release_scopes.takes_place_on(session, day) for session in row.sessions)
    ]
    of_kind = [row for row in all_findings if kind in ("", row.kind)]
    numbers = Counter(row.kind for row in of_day)
    rows = [row for row in of_day if kind in ("", row.kind)]
    shown = Paginator(rows, ON_PAGE).get_page(request.GET.get("page"))
    days = release_scopes.days(session for row in of_kind for session in row.sessions)
    return TemplateResponse(
        request,
        "admin/agenda/conflicts/warnings.html",
        {
            **context,
            "title": _("Scheduling conflicts"),
            "summit": summit,
            "all": len(of_day),
            "any": bool(all_findings),
            "kind": kind,
            "day": day.isoformat() if day else "",
            "kinds": [
                (key.value, rule.label, numbers[key]) for key, rule in RULES.items() if numbers[key] or key == kind
            ],
            "days": [(each.isoformat(), long_day(each)) for each in days],
            "page": shown,
            "warnings": warning_rows(list(shown), summit),
        },
    )
