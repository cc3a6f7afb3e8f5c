"""Panels about texts on the home page of a summit and on the admin's dashboard, and metrics about announcements."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Min
from django.db.models.functions import Now
from django.http import HttpRequest

from delegations.parties.selectors import party_names
from press.embargoes.permissions import can_hold
from press.overview.dashboard import SEE, embargoes_of, in_review, next_out, overdue, run_of, shows_press_panel
from press.public.text_lists import line
from press.published_texts.selectors import brief, listed
from press.subscriptions.models import Announcement
from press.subscriptions.services.announcements import unannounced
from press.texts.admin.state_labels import state_label
from press.texts.models.texts import Text
from press.texts.models.visibility import published_editions
from press.texts.permissions import can_write
from press.texts.selectors.workflow_queries import with_standing
from sessions.agenda.models.releases import Release
from sessions.draft.models.sessions import Session
from sessions.releases.services import removals
from summit.admin_base.dashboard import Phase, desk_panel, lately, now_of
from summit.admin_base.detail_pages import DetailPanel, register_panel
from summit.core.database_clock import db_now
from summit.core.metrics import Gauge, source
from summit.permissions.rules import allows
from summit.public_base.home import panel
from summit.summits.models import Summit

LATEST = 5


@panel(30)
def latest(summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the template and context of the panel with the latest texts, or None if there are none.

    The panel is on the home page of the summit.
    """
    lines = [line(brief(summit, edition)) for edition in listed(summit).defer("body")[:LATEST]]
    if not lines:
        return None
    return "press/panel.html", {"summit": summit, "lines": lines, **party_names.on_page(summit)}


@panel(40)
def downloads(summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the panel with the calendar, the feeds and the files for other programs, or None if all are empty."""
    if not Release.objects.filter(summit=summit).exists() and not listed(summit).exists():
        return None
    return "press/downloads.html", {"summit": summit}


@desk_panel(5, phases=tuple(Phase))
def press_desk(request: HttpRequest, summit: Summit) -> tuple[str, dict[str, Any]] | None:
    """Return the template and context of the home's panel with upcoming, waiting and overdue texts.

    Returns None for users whose work isn't the press: they find what is to do among their tasks.
    """
    user = request.user
    if not shows_press_panel(user, summit):
        return None
    return "admin/press/overview/panel.html", {
        "summit": summit,
        "coming": next_out(request, summit),
        "waiting": in_review(request, summit),
        "overdue": overdue(request, summit),
        "removed": lately(request, ("removed", summit.pk), lambda: removals.of_summit(summit)[:LATEST]),
        "now": now_of(request),
        "may_write": can_write(user, summit),
        "may_hold": can_hold(user, summit),
        "run_url": run_of(summit),
        "calendar_url": embargoes_of(summit),
    }


def session_texts(request: HttpRequest, session: Session) -> dict[str, Any] | None:
    """Return the speeches of a session with their texts and states, for users who may see texts. Makes two queries.

    Returns None for a session without speeches.
    """
    if not allows(request.user, SEE, session.summit):
        return None
    speeches = list(session.slots.filter(cancelled_at=None).select_related("speaker").order_by("position", "pk"))
    found: dict[int | None, list[tuple[Text, Any, str]]] = {}
    for text in with_standing(Text.objects.filter(slot__in=speeches, withdrawn_at__isnull=True)).order_by("pk"):
        found.setdefault(text.slot_id, []).append((text, *state_label(text)))
    return (
        {
            "speeches": [(speech, found.get(speech.pk, [])) for speech in speeches],
            "may_write": can_write(request.user, session.summit),
            "summit": session.summit,
        }
        if speeches
        else None
    )


register_panel("agenda.session", 10, DetailPanel("admin/press/overview/session_texts.html", session_texts))


# The past that counts for how long announcements take.
LATELY = timedelta(hours=1)


@source
def announcing() -> Iterable[Gauge]:
    """Yield three gauges about announcements, which follow the end of an embargo.

    They are the number of public editions that aren't announced yet, the seconds since the oldest of them was
    published, and how long it took to announce the slowest of the last hour.
    """
    due = unannounced().order_by()
    oldest = due.aggregate(oldest=Min("published_at"))["oldest"]
    late = (db_now() - oldest).total_seconds() if oldest else 0.0
    yield "summit_press_unannounced", "Texts that are public and not announced yet", [({}, float(due.count()))]
    yield (
        "summit_press_unannounced_seconds",
        "Seconds since the oldest text came out that is not announced yet",
        [({}, max(late, 0.0))],
    )
    announced = dict(Announcement.objects.filter(at__gte=Now() - LATELY).order_by().values_list("edition", "at"))
    published = published_editions().filter(pk__in=announced).order_by().values_list("pk", "published_at")
    lags = [(announced[pk] - published_at).total_seconds() for pk, published_at in published] if announced else []
    yield (
        "summit_press_announcement_lag_seconds",
        "Longest time from the publication of a text to its announcement, of those announced within the hour",
        [({}, max([0.0, *lags]))],
    )
