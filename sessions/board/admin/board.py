"""The board in the admin: rooms across, time down. Sessions are moved on it by mouse, touch and keyboard."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.agenda.selectors.release_scopes import takes_place_on
from sessions.bilaterals.permissions import can_see_requests
from sessions.bilaterals.selectors import unplaced
from sessions.board import selectors
from sessions.board.models import BoardAct, BoardStep
from sessions.board.services import steps
from sessions.board.services.steps import Sitting, StepRefused
from sessions.conflicts.admin.warnings import day_of, warning_rows
from sessions.conflicts.selectors.policies import policies
from sessions.conflicts.selectors.warnings import Finding, if_all_moved
from sessions.draft.change_guards import Blocked
from sessions.draft.models.placements import Placement
from sessions.draft.models.sessions import Session
from sessions.draft.models.versions import DraftVersion
from sessions.draft.services.cancel_and_move import MovedMeanwhile, Pinned
from summit.admin_base.live_versions import version_response
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import where_may
from summit.core.date_formats import brief_day
from summit.core.punctuation import until
from summit.permissions.rules import allows
from summit.summits.models import Room, Summit
from summit.templatetags.moments import clock

REFUSED = (StepRefused, Pinned, MovedMeanwhile, ValidationError)
# How many conflicts stand beside the board. All of them have a page.
LISTED = 40
# The longest that a session may take, in minutes, and the most by which sessions are shifted at once.
LONGEST, FARTHEST = 14 * 24 * 60, 12 * 60


def board_url(summit: Summit, day: date | None = None) -> str:
    """Return the URL of a summit's board, at a day or at the day that it shows first."""
    query = {"summit": summit.slug} | ({"day": day.isoformat()} if day else {})
    return f"{reverse('admin:agenda_session_board')}?{urlencode(query)}"


class BoardMixin:
    """Adds the board to the admin of draft sessions."""

    admin_site: Any
    opts: Any

    @model_page("board/", "board", post="agenda.edit")
    def board_view(self, request: HttpRequest) -> HttpResponse:
        """Show the board of a day, or of all days; on POST, do one act (`do`) and lead back.

        With `part`, the answer is the board alone, for the page's script: after an act with its message, or, with
        status 409, only why the act was refused.
        """
        summit = _summit(request)
        part = "part" in request.GET
        with timezone.override(summit.zone):
            if request.method == "POST":
                try:
                    message = _act(request, summit)
                except REFUSED as refused:
                    return _refused(request, summit, refused)
                if not part:
                    messages.success(request, message)
                    return redirect(request.get_full_path())
                return HttpResponse(self._parts(request, summit, message))
            if part:
                return HttpResponse(self._parts(request, summit))
            context = {
                **self.admin_site.each_context(request),
                **_context(request, summit),
                "title": _("Board"),
                "now": timezone.localtime(),
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/agenda/board/board.html", context).render()

    def _parts(self, request: HttpRequest, summit: Summit, message: str = "") -> str:
        context = {**_context(request, summit), "message": message}
        return render_to_string("admin/agenda/board/parts.html", context, request)

    @model_page("board/version/", "board_version", "GET")
    def board_version_view(self, request: HttpRequest) -> HttpResponseBase:
        """Return the number of changes of the draft, which open boards ask for every other second."""
        return version_response(request, str(DraftVersion.objects.number(_summit(request))))

    @model_page("board/check/", "board_check", "GET")
    def board_check_view(self, request: HttpRequest) -> HttpResponse:
        """Return the conflicts that sessions would have at the places in the query, as a list."""
        summit = _summit(request)
        try:
            placements = _placements(request.GET.getlist("place"), summit)
        except ValidationError as refused:
            return HttpResponse(" ".join(refused.messages), status=409, content_type="text/plain")
        blocked = policies(summit).blocked
        found = [
            {"blocked": row.kind in blocked, "row": row, "others": _others(row, placements, summit)}
            for row in if_all_moved(summit, placements)
        ]
        return TemplateResponse(request, "admin/agenda/board/check.html", {"found": found, "summit": summit}).render()


def _others(finding: Finding, moved: Container[int], summit: Summit) -> list[tuple[str, str]]:
    """Return (title, times) of the sessions of a conflict that aren't moved. A title may run the other way."""
    others = [session for session in finding.sessions if session.session_id not in moved]
    times = [until().join(clock(moment, summit) for moment in (row.starts_at, row.ends_at)) for row in others]
    return [(row.title, when) for row, when in zip(others, times, strict=True)]


def _summit(request: HttpRequest) -> Summit:
    found = where_may(request, "agenda.session.view")
    if not found:
        raise Http404
    return found[0]


def _context(request: HttpRequest, summit: Summit) -> dict[str, Any]:
    user = user_of(request)
    days = selectors.days_of(summit)
    wanted = request.GET.get("day", "")
    day = next((each for each in days if each == day_of(wanted)), None)
    if day is None and wanted != "all":
        today = timezone.localdate(timezone=summit.zone)
        day = today if today in days else summit.starts_on
    board = selectors.board(summit, days if day is None else [day], user)
    found = [row for row in board.findings if day is None or any(takes_place_on(each, day) for each in row.sessions)]
    undo, redo = selectors.steps_left(BoardStep.objects.of(summit, user, _sitting(request, summit).key))
    return {
        "summit": summit,
        "board": board,
        "day": day.isoformat() if day else "all",
        "day_tabs": [(each.isoformat(), brief_day(each)) for each in days],
        "may_edit": allows(user, "agenda.edit", summit),
        "bilaterals": list(unplaced(summit)) if can_see_requests(user, summit) else [],
        "undo": undo,
        "redo": redo,
        "conflicts": warning_rows(found[:LISTED], summit),
        "number": len(found),
    }


def _sitting(request: HttpRequest, summit: Summit) -> Sitting:
    """Return the user at the board. A sitting lasts as long as the browser is signed in; its key is no secret."""
    key = hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:32]
    return Sitting(summit, user_of(request), key)


def _refused(request: HttpRequest, summit: Summit, refused: Exception) -> HttpResponse:
    text = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
    if isinstance(refused, Blocked):
        text = _("Not moved, because this summit blocks it: %(conflicts)s") % {"conflicts": text}
    if "part" in request.GET:
        return HttpResponse(text, status=409, content_type="text/plain")
    messages.warning(request, text)
    return redirect(request.get_full_path())


def _act(request: HttpRequest, summit: Summit) -> str:
    """Do what was asked for, and return a message about it."""
    acts: dict[str, Callable[[HttpRequest, Sitting], str]] = {
        "place": _place,
        "tray": _to_tray,
        "swap": _swap,
        "shift": _shift,
        "duplicate": _duplicate,
        "undo": lambda _request, sitting: _undone(steps.undo(sitting=sitting), again=False),
        "redo": lambda _request, sitting: _undone(steps.redo(sitting=sitting), again=True),
    }
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        raise ValidationError(_("Choose what to do."))
    return act(request, _sitting(request, summit))


def _place(request: HttpRequest, sitting: Sitting) -> str:
    placements = _placements(request.POST.getlist("place"), sitting.summit)
    return _moved(_move(request, sitting, placements))


def _move(request: HttpRequest, sitting: Sitting, placements: dict[int, Placement]) -> BoardStep | None:
    seen, despite_pin = _seen(request, sitting.summit), _despite_pin(request)
    return steps.move(sitting=sitting, placements=placements, despite_pin=despite_pin, seen=seen)


def _seen(request: HttpRequest, summit: Summit) -> dict[int, Placement]:
    """Return where the board showed what is moved, by primary key; empty without the page's script."""
    saw = request.POST.getlist("saw")
    return _placements(saw, summit) if saw else {}


def _to_tray(request: HttpRequest, sitting: Sitting) -> str:
    rows = Session.objects.filter(summit=sitting.summit, pk__in=_selected(request))
    placements = {row.pk: Placement(row.starts_at, row.ends_at, None) for row in rows}
    return _moved(_move(request, sitting, placements))


def _swap(request: HttpRequest, sitting: Sitting) -> str:
    seen, despite_pin = _seen(request, sitting.summit), _despite_pin(request)
    step = steps.swap(sitting=sitting, sessions=_selected(request), despite_pin=despite_pin, seen=seen)
    return _("Sessions swapped.") if step else _moved(step)


def _shift(request: HttpRequest, sitting: Sitting) -> str:
    selected = _selected(request)
    if len(selected) != 1:
        raise ValidationError(_("Select the session after which all others move."))
    minutes = _number(request.POST.get("minutes", ""))
    if minutes is None or not -FARTHEST <= minutes <= FARTHEST or not minutes:
        raise ValidationError(_("Enter a number of minutes, such as 15 or -15."))
    every_room = request.POST.get("rooms") == "all"
    step = steps.shift_after(sitting=sitting, session=selected[0], minutes=minutes, every_room=every_room)
    return _moved(step)


def _duplicate(request: HttpRequest, sitting: Sitting) -> str:
    selected = _selected(request)
    if not selected:
        raise ValidationError(_("Select at least one session."))
    step = steps.duplicate(sitting=sitting, sessions=selected)
    number = len(step.changes) if step else 0
    message = ngettext(
        "%(n)d copy without a room. Place it from the tray.",
        "%(n)d copies without a room. Place them from the tray.",
        number,
    )
    return message % {"n": number}


def _moved(step: BoardStep | None) -> str:
    if step is None:
        # What is selected stays so: nothing was done with it.
        raise ValidationError(_("Nothing to move."))
    number = len(step.changes)
    return ngettext("%(n)d session moved.", "%(n)d sessions moved.", number) % {"n": number}


def _undone(step: BoardStep, *, again: bool) -> str:
    what = {"what": BoardAct(step.act).label}
    return (_("Done again: %(what)s.") if again else _("Undone: %(what)s.")) % what


def _despite_pin(request: HttpRequest) -> bool:
    return bool(request.POST.get("pinned"))


def _selected(request: HttpRequest) -> list[int]:
    return [key for value in request.POST.getlist("session") if (key := key_of(value)) is not None]


def _number(value: str) -> int | None:
    try:
        return int(value)
    except ValueError:
        return None


def _placements(places: list[str], summit: Summit) -> dict[int, Placement]:
    """Return the places that a form or a query names: "session:day:first:last:room", in minutes after midnight.

    The room is "" for a session without one. Raises ValidationError for anything else.
    """
    rooms = {room.pk: room for room in Room.objects.filter(venue__summit=summit).select_related("venue")}
    found: dict[int, Placement] = {}
    for place in places:
        parts = place.split(":")
        day = day_of(parts[1]) if len(parts) == 5 else None
        numbers = [_number(part) for part in (parts[0], *parts[2:4])] if day else []
        room = _number(parts[4]) if day and parts[4] else None
        if day is None or None in numbers or (parts[4] and room not in rooms):
            raise ValidationError(_("This place isn’t on the board. Reload the page."))
        key, first, last = (number or 0 for number in numbers)
        if not (0 <= first < last <= first + LONGEST):
            raise ValidationError(_("This place isn’t on the board. Reload the page."))
        found[key] = Placement(
            selectors.moment(summit, day, first),
            selectors.moment(summit, day, last),
            rooms[room] if room is not None else None,
        )
    if not found:
        raise ValidationError(_("Select at least one session."))
    return found
