"""Changes of the agenda on admin pages: by day, in words or side by side, with pagination."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sessions.agenda.selectors.differences import SessionChange, widens
from sessions.agenda.selectors.side_by_side import sheet
from summit.core.date_formats import long_day
from summit.summits.models import Summit

ON_PAGE = 50
# If a page has more sessions than this, all are collapsed, so that the user sees at a glance which sessions changed.
OPEN = 12
# How many of the sessions with a wider audience are named.
NAMED = 12


def board(
    request: HttpRequest,
    summit: Summit,
    changes: Sequence[SessionChange],
    *,
    was: str,
    becomes: str,
    beside: bool = False,
) -> dict[str, Any]:
    """Return the context of `admin/agenda/releases/changes.html` for these changes. Makes no query.

    `was` and `becomes` are the names of the old and the new side. The sides are shown beside each other if the user
    chooses this view, or by default with `beside`.
    """
    ordered = sorted(changes, key=lambda change: change.session.days[0])
    page = Paginator(ordered, ON_PAGE).get_page(request.GET.get("page"))
    sides = request.GET.get("view", "sides" if beside else "words") == "sides"
    sheets = [sheet(change, summit) for change in page]
    widened = [change.session for change in ordered if widens(change)]
    return {
        "page": page,
        "sheets": [
            (day.isoformat(), long_day(day), list(rows)) for day, rows in groupby(sheets, key=lambda row: row.day)
        ],
        "sides": sides,
        "widened": len(widened),
        "widened_named": [
            (reverse("admin:agenda_session_detail", args=[row.session_id]), row.title) for row in widened[:NAMED]
        ],
        "folded": len(ordered) > OPEN,
        "was": was,
        "becomes": becomes,
        "views": [
            (_address(request, view="words"), _("Summary"), not sides),
            (_address(request, view="sides"), _("Side by side"), sides),
        ],
    }


def _address(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = value
    return f"?{query.urlencode()}"
