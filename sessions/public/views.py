"""The public agenda: its pages, its calendar, and the schedule for conference apps."""

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from delegations.parties.selectors import party_names
from sessions.agenda.selectors import (
    change_descriptions,
    last_changed,
    release_cache,
    release_changes,
    released_agenda,
)
from sessions.agenda.selectors.release_cache import CachedSession, Current
from sessions.agenda.selectors.released_agenda import Who
from sessions.calendars.selectors import icalendar
from sessions.delays.selectors.running import last_announced, late_sessions, mark_late, mark_runs
from sessions.exchange.selectors import frab
from sessions.exchange.selectors.frab_xml import as_xml
from sessions.public import grid, on_now, released_files
from sessions.public.day_tabs import day_tabs
from sessions.public.filters import Narrowed, asked, narrowed
from sessions.public.published_speeches import MOST, list_of, texts
from sessions.public.session_lists import SessionLine, SessionList
from summit.public_base.page_cache import cached_page
from summit.public_base.public_pages import public_page
from summit.public_base.summits import get_summit
from summit.summits.directions import directions_to
from summit.summits.models import Stamp, Summit

Row = TypeVar("Row", bound="HasStart")


class HasStart(Protocol):
    """Protocol of a session's row with a start, which may be hidden."""

    @property
    def starts_at(self) -> datetime:
        """The start, or the beginning of the day if the time isn't known."""

    @property
    def times_known(self) -> bool:
        """Whether the time is known."""


def by_day(summit: Summit, rows: Iterable[Row]) -> list[tuple[date, list[Row]]]:
    """Return (day, sessions) pairs for sessions in order of time.

    The day is the one on which the sessions start, in the venue's time zone.
    """

    def local_day(row: Row) -> date:
        return row.starts_at.astimezone(summit.zone).date()

    # Sessions without an announced time start with their day, and are listed after the sessions with a time.
    return [
        (day, sorted(group, key=lambda row: not row.times_known))
        for day, group in itertools.groupby(rows, key=local_day)
    ]


@dataclass(frozen=True)
class _Agenda:
    """The public agenda as a page shows it: all its sessions, those of `day`, and those that the filters leave."""

    summit: Summit
    at: Current | None
    lines: list[SessionLine]
    day: str
    shown: Narrowed[SessionLine]
    context: dict[str, Any]


def _agenda(request: HttpRequest, slug: str, *, one_day: bool) -> _Agenda:
    """Return the public agenda for a request. With `one_day`, a day is always chosen: today, or else the first day.

    Raises Http404 if there is no such public summit.
    """
    summit = get_summit(slug)
    at = release_cache.current(summit)
    lines, page = public_lines(summit, at) if at else ([], {})
    wanted = asked(request.GET)
    day = wanted.pop("day", "")
    days = sorted({line.about.values["day"][0] for line in lines})
    if at and one_day and not day:
        today = at.moment.astimezone(summit.zone).date().isoformat()
        day = next((each[0] for each in days if each[0] == today), days[0][0] if days else "")
    kept = {"lang": lang} if (lang := request.GET.get("lang")) else {}
    listed = [line for line in lines if not day or line.about.values["day"][0][0] == day]
    with_day = {**kept, **({"day": day} if day else {})}
    shown = narrowed(listed, wanted, has=lambda line: line.about.values, kept=with_day)
    if at:
        on_now.mark(lines, at.moment)
        page["fresh_until"] = on_now.next_change(lines, at.moment)
        page["is_on"] = on_now.is_on(summit, at.moment)
    page |= {
        "summit": summit,
        # The days are tabs of their own.
        "shown": replace(shown, groups=tuple(group for group in shown.groups if group.name != "day")),
        "tabs": day_tabs(days, chosen=day, kept=kept, others=wanted, whole=not one_day),
        "other_view": urlencode({**with_day, **wanted}),
        "empty": not lines,
    }
    return _Agenda(summit, at, lines, day, shown, page)


@public_page("public summit")
@cached_page("day", beside=on_now.passed, ahead="agenda:agenda")
def agenda(request: HttpRequest, summit: str) -> HttpResponse:
    """Show the public sessions of the newest release by day.

    `?day=`, `?kind=`, `?room=` and `?language=` filter them.
    """
    page = _agenda(request, summit, one_day=False)
    days = by_day(page.summit, page.shown.rows)
    return render(request, "agenda/agenda.html", {**page.context, "days": days})


@public_page("public summit")
@cached_page("day", beside=on_now.passed_slot)
def agenda_grid(request: HttpRequest, summit: str) -> HttpResponse:
    """Show the public sessions of one day as a grid of rooms and times.

    `?day=` chooses the day; without it, it is today or else the first day. `?kind=`, `?room=` and `?language=` filter
    the sessions.
    """
    page = _agenda(request, summit, one_day=True)
    context = dict(page.context)
    if page.at and page.shown.rows:
        rooms = grid.rooms_in_order(page.lines)
        context["grid"] = grid.of_day(page.summit, page.shown.rows, rooms, page.at.moment)
        context["day"] = date.fromisoformat(page.day)
        if any(row.now is not None for row in context["grid"].rows):
            slot = page.at.moment + timedelta(seconds=on_now.SLOT)
            context["fresh_until"] = min(filter(None, (slot, context.get("fresh_until"))))
    return render(request, "agenda/grid.html", context)


def public_rows(summit: Summit, at: Current) -> list[CachedSession]:
    """Return the public rows of a release, ordered by time.

    Makes one query, and two more for rows that the process hasn't cached.
    """
    rows = release_cache.public_rows(summit, release_cache.public(at.release), at.stamp).values()
    return sorted(rows, key=lambda cached: (cached.row.starts_at, cached.row.ends_at, cached.row.pk))


def public_lines(summit: Summit, at: Current) -> tuple[list[SessionLine], dict[str, Any]]:
    """Return the public lines of a release, ordered by time, and the other context of the page.

    Makes four queries more than `public_rows`, or three once the process has cached the names of parties.
    """
    session_list = SessionList(summit, at.stamp, get_language() or "", personal=False)
    page = {
        "updated_at": last_changed.public(summit, at.release),
        "names": session_list.names,
        "notes": session_list.notes,
    }
    lines = [SessionLine(cached, session_list) for cached in public_rows(summit, at)]
    mark_late(summit, lines)
    mark_runs(summit, lines)
    return lines, page


@public_page("public session")
@cached_page()
def session(request: HttpRequest, summit: str, public_id: str) -> HttpResponse:
    """Show one public session, or the notice that it is cancelled or has left the public agenda.

    Raises Http404 for any other session.
    """
    summit_row = get_summit(summit)
    row = released_agenda.public_agenda(summit=summit_row).filter(session__public_id=public_id).first()
    if row is None:
        last = release_changes.ended(summit=summit_row, public_id=public_id)
        if last is None:
            raise Http404
        context = {"summit": summit_row, "row": last.row, "state": change_descriptions.PUBLIC_STATES[last.nature]}
        return render(request, "agenda/session_cancelled.html", context, status=410)
    published = texts(summit_row, [row]).get(public_id, [])
    context = {
        "summit": summit_row,
        "row": row,
        "late": row.times_known and row.session_id in late_sessions(summit_row),
        "directions": directions_to(summit_row, row.room_key, get_language() or ""),
        "documents": released_files.listed(summit_row, row),
        "texts": published[:MOST],
        "all_texts": (len(published), list_of(summit_row, public_id)) if len(published) > MOST else None,
        **party_names.on_page(summit_row),
    }
    return render(request, "agenda/session.html", context)


@public_page("public session")
@cached_page()
def session_calendar(request: HttpRequest, summit: str, public_id: str) -> HttpResponse:
    """Return one public session as a calendar file. Raises Http404 for any other session."""
    summit_row = get_summit(summit)
    at = release_cache.current(summit_row)
    known = public_rows(summit_row, at) if at else []
    rows = [cached.row for cached in known if cached.row.session.public_id == public_id]
    if at is None or not rows:
        raise Http404
    content = icalendar.public_feed(
        summit=summit_row, updated_at=last_changed.public(summit_row, at.release), sessions=rows, stamp=at.stamp
    )
    return _as_calendar(content, f"{summit_row.slug}-{public_id}.ics", attached=True)


@public_page("public document")
def paper(request: HttpRequest, summit: str, public_id: str, document: str) -> HttpResponse:
    """Return a document that the newest release lists for everybody. Raises Http404 for any other document."""
    row = (
        released_agenda.public_agenda(summit=get_summit(summit), who=Who.NOBODY)
        .filter(session__public_id=public_id)
        .first()
    )
    released_file = released_files.find(row, document) if row else None
    if released_file is None:
        raise Http404
    return released_files.as_file(released_file)


@public_page("public summit")
@cached_page()
def changes(request: HttpRequest, summit: str) -> HttpResponse:
    """Show what releases changed for everybody. Raises Http404 if the summit doesn't publish changes."""
    summit_row = get_summit(summit)
    if not summit_row.public_changes:
        raise Http404
    page = party_names.on_page(summit_row)
    names = change_descriptions.Names(page["names"], page["notes"])
    release_stories = [
        (entry.release, change_descriptions.stories(entry.changes, summit_row, public=True, names=names))
        for entry in release_changes.public_changes(summit=summit_row, language=get_language())
    ]
    return render(request, "agenda/changes.html", {"summit": summit_row, "told": release_stories, **page})


@public_page("public summit")
@cached_page()
def calendar(request: HttpRequest, summit: str) -> HttpResponse:
    """Return the public agenda as a calendar to subscribe to."""
    summit_row = get_summit(summit)
    at = release_cache.current(summit_row)
    content = icalendar.public_feed(
        summit=summit_row,
        updated_at=last_changed.public(summit_row, at.release) if at else None,
        sessions=[cached.row for cached in public_rows(summit_row, at)] if at else [],
        stamp=at.stamp if at else Stamp(summit_row.pk, 0, 0),
    )
    return _as_calendar(content, f"{summit_row.slug}.ics")


def _as_calendar(content: bytes, name: str, *, attached: bool = False) -> HttpResponse:
    disposition = content_disposition_header(attached, name) or f'inline; filename="{name}"'
    headers = {"Content-Disposition": disposition}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


@public_page("public summit")
@cached_page()
def schedule_json(request: HttpRequest, summit: str) -> HttpResponse:
    """Return the public agenda in frab's JSON format."""
    return HttpResponse(json.dumps(_schedule(summit), ensure_ascii=False), content_type="application/json")


@public_page("public summit")
@cached_page()
def schedule_xml(request: HttpRequest, summit: str) -> HttpResponse:
    """Return the public agenda in frab's XML format."""
    return HttpResponse(as_xml(_schedule(summit)), content_type="application/xml; charset=utf-8")


def _schedule(slug: str) -> dict[str, Any]:
    summit = get_summit(slug)
    at = release_cache.current(summit)
    rows = [cached.row for cached in public_rows(summit, at)] if at else []
    timed = [row.session_id for row in rows if row.times_known]
    changed = (last_changed.public(summit, at.release) if at else None, last_announced(timed))
    return frab.as_data(
        summit=summit,
        # Apps read a schedule again if its version, which is this moment, has changed.
        updated_at=max(filter(None, changed), default=None),
        sessions=rows,
        stamp=at.stamp if at else Stamp(summit.pk, 0, 0),
        links=frab.links_of(texts(summit, rows)),
        late=late_sessions(summit) if rows else frozenset(),
    )
