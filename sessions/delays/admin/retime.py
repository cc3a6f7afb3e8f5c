"""The page that gives a session a new time: it shows what follows, what is in conflict then, and releases it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.agenda.selectors.release_scopes import Placement, placement_of
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.delays.admin.day import day_url
from sessions.delays.models import RetimingState
from sessions.delays.permissions import can_consent
from sessions.delays.selectors import retiming_preview
from sessions.delays.selectors.retiming_preview import RetimingPreview, placement_at, swapped
from sessions.delays.services import retiming
from sessions.draft.admin.session_pages import like_url
from sessions.draft.change_guards import Blocked
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import can_edit
from sessions.releases.services import releases
from summit.admin_base.dashboard import now_of
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.admin_base.widgets import ClockInput, DayInput
from summit.summits.models import Summit

# The ways to give a session a new time.
LONGER, LATER, POSTPONE, SWAP = "longer", "later", "postpone", "swap"
WAYS: Mapping[str, Any] = {
    LONGER: gettext_lazy("Ends later"),
    LATER: gettext_lazy("Starts later"),
    POSTPONE: gettext_lazy("Postpone"),
    SWAP: gettext_lazy("Swap with another session"),
}
# Minutes that are offered to be touched.
MINUTES = (5, 10, 15, 20, 25, 30, 45, 60)
DAY, CLOCK = DayInput({"id": "to-day"}), ClockInput({"id": "to-clock"})


@dataclass
class Wanted:
    """What the page was asked for: the new times of sessions, those that don't follow, and what is wrong with it.

    `minutes` is the number that was touched, or None.
    """

    way: str
    minutes: int | None = None
    asked: dict[int, Placement] = field(default_factory=dict)
    staying: set[int] = field(default_factory=set)
    shorten_breaks: bool = True
    errors: list[str] = field(default_factory=list)


class RetimeMixin:
    """Adds the page that re-times a session to the admin of sessions."""

    frame: Callable[[HttpRequest, Session, str], dict[str, Any]]

    @model_page("<int:pk>/retime/", "retime", do="agenda.run_day")
    def retime_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show what a new time of a session causes. On POST, release it or ask an organiser for consent."""
        summit = session.summit
        _number, old = retiming_preview.current(summit)
        if session.pk not in old:
            messages.warning(
                request, _("“%(title)s” isn’t released yet. Move it in the draft.") % {"title": session.title}
            )
            return redirect("admin:agenda_session_detail", session.pk)
        wanted = parse(
            request.POST or request.GET, session=old[session.pk], old=old, summit=summit, now=now_of(request)
        )
        planned = (
            retiming_preview.preview(
                summit=summit, asked=wanted.asked, staying=wanted.staying, shorten_breaks=wanted.shorten_breaks
            )
            if wanted.asked and not wanted.errors
            else None
        )
        if request.method == "POST" and planned is not None and planned.moves:
            answer = _release(request, session, planned, wanted)
            if answer is not None:
                return answer
        return self._retime_page(request, session, old, wanted, planned)

    def _retime_page(
        self, request: HttpRequest, session: Session, old: Agenda, wanted: Wanted, planned: RetimingPreview | None
    ) -> HttpResponse:
        summit, released, data = session.summit, old[session.pk], request.POST or request.GET
        to_day, to_clock = data.get("to-day", ""), data.get("to-clock", "")
        context = {
            **self.frame(request, session, _("New time: %(title)s") % {"title": session.title}),
            "day": day_url(summit),
            "released": released,
            "now": now_of(request),
            "change": wanted,
            "ways": [(key, label, key == wanted.way) for key, label in WAYS.items()],
            "offers": [(minutes, released.ends_at + timedelta(minutes=minutes)) for minutes in MINUTES],
            "starts": [(minutes, released.starts_at + timedelta(minutes=minutes)) for minutes in MINUTES],
            "day_input": DAY.render("to-day", to_day or _local(released.starts_at, summit).date()),
            "clock_input": CLOCK.render("to-clock", to_clock),
            "at_input": ClockInput({"id": "at"}).render("at", ""),
            "like": like_url(session) if can_edit(request.user, session) else "",
            "to_day": to_day,
            "to_clock": to_clock,
            "others": _others(old, released),
            "with": data.get("with", ""),
            "staying": [old[key] for key in sorted(wanted.staying & old.keys())],
            "may_consent": can_consent(request.user, summit),
            "planned": planned,
            "fixed": set(data.getlist("fixed")) | _changed_rows(data),
            "accepted": set(request.POST.getlist("accept")),
            "recipients": releases.recipients(summit, planned.placements) if planned and planned.moves else 0,
            "expected": retiming.digest(planned) if planned else "",
            "reason": request.POST.get("reason", ""),
            "unreleased": [move.before.title for move in planned.moves if move.draft_differs] if planned else [],
        }
        return TemplateResponse(request, "admin/agenda/delays/retime.html", context)


def _release(request: HttpRequest, session: Session, planned: RetimingPreview, wanted: Wanted) -> HttpResponse | None:
    """Release new times, or ask for consent, and lead to the day; None with a message if they are refused."""
    try:
        made = retiming.retime(
            summit=session.summit,
            by=user_of(request),
            placements=planned.placements,
            accepted=request.POST.getlist("accept"),
            reason=request.POST.get("reason", "")[:300],
            expected=request.POST.get("expected", ""),
        )
    except retiming.ConflictUndecided as refused:
        wanted.errors.append(str(refused))
        return None
    except (releases.DraftChanged, releases.NothingToRelease, Blocked) as refused:
        messages.warning(request, str(refused))
        return None
    if made.state == RetimingState.WAITING:
        messages.success(request, _("An organiser has been asked for consent. Nothing has changed yet."))
    else:
        number = made.release.number if made.release else 0
        messages.success(request, _("New times released as agenda %(number)d.") % {"number": number})
    return redirect(day_url(session.summit))


def parse(data: QueryDict, *, session: Snapshot, old: Agenda, summit: Summit, now: datetime) -> Wanted:
    """Return what the page was asked for, from the parameters of its address or of its form.

    `way` is one of WAYS; by default a session that has begun ends later, and another starts later. `by` is a number
    of minutes, `at` a time of that day instead, `to-day` and `to-clock` a time at the venue, and `with` the public id
    of another session. `start-<public id>` is the new time of a session that follows, if it isn't `was-<public id>`,
    and `stay` are those that don't follow. With `breaks=keep` breaks keep their length.
    """
    way = data.get("way", "")
    wanted = Wanted(way if way in WAYS else LONGER if session.starts_at <= now else LATER)
    by_key = {each.key: each for each in old.values()}
    wanted.shorten_breaks = data.get("breaks") != "keep"
    wanted.staying = {by_key[key].session_id for key in data.getlist("stay") if key in by_key}
    if wanted.way in (LONGER, LATER):
        _by_minutes(wanted, data.get("by", "") or _minutes_until(wanted, data, session, summit), session)
    elif wanted.way == POSTPONE:
        _postponed(wanted, data, session, summit)
    elif (other := by_key.get(data.get("with", ""))) is not None and other.key != session.key:
        wanted.asked = swapped(session, other)
    for key in _changed_rows(data) | set(data.getlist("fixed")):
        if key in by_key and key != session.key:
            _own_time(wanted, data.get(f"start-{key}", ""), by_key[key], summit)
    return wanted


def _by_minutes(wanted: Wanted, written: str, session: Snapshot) -> None:
    if not written:
        return
    try:
        wanted.minutes = int(written[:4])
    except ValueError:
        wanted.errors.append(_("Enter a number of minutes."))
        return
    span = timedelta(minutes=wanted.minutes)
    place = placement_at(session, start=span if wanted.way == LATER else timedelta(), end=span)
    if not 0 < abs(wanted.minutes) <= 600 or place.ends_at <= place.starts_at:
        wanted.errors.append(_("Enter between 1 and 600 minutes that leave the session a length."))
        return
    wanted.asked = {session.session_id: place}


def _minutes_until(wanted: Wanted, data: QueryDict, session: Snapshot, summit: Summit) -> str:
    """Return by how many minutes the end or the start moves to the time that was typed; "" if none was."""
    if not data.get("at"):
        return ""
    moves = session.ends_at if wanted.way == LONGER else session.starts_at
    moment = _moment(
        f"{_local(moves, summit).date().isoformat()}T{CLOCK.value_from_datadict(data, {}, 'at')}", summit
    )
    if moment is None:
        wanted.errors.append(_("Enter a time such as 14:30."))
        return ""
    return str(int((moment - moves) / timedelta(minutes=1)))


def _postponed(wanted: Wanted, data: QueryDict, session: Snapshot, summit: Summit) -> None:
    if not data.get("to-clock") and not data.get("to-day"):
        return
    day = DAY.value_from_datadict(data, {}, "to-day") or ""
    starts_at = _moment(f"{day}T{CLOCK.value_from_datadict(data, {}, 'to-clock') or ''}", summit)
    if starts_at is None:
        wanted.errors.append(_("Enter the new day and time, such as 14:30."))
        return
    span = starts_at - session.starts_at
    wanted.asked = {session.session_id: placement_at(session, start=span, end=span)}


def _own_time(wanted: Wanted, written: str, session: Snapshot, summit: Summit) -> None:
    """Take the time that was typed for a session that follows, on the day on which it is released."""
    typed = CLOCK.value_from_datadict({"at": written}, {}, "at") or ""
    starts_at = _moment(f"{_local(session.starts_at, summit).date().isoformat()}T{typed}", summit)
    if starts_at is None:
        wanted.errors.append(_("“%(title)s”: enter a time such as 14:30.") % {"title": session.title})
        return
    span = starts_at - session.starts_at
    place = placement_at(session, start=span, end=span)
    wanted.asked[session.session_id] = place
    if place == placement_of(session):
        wanted.staying.add(session.session_id)


def _changed_rows(data: QueryDict) -> set[str]:
    """Return the public ids of the sessions whose time was changed on the page."""
    return {
        name.removeprefix("start-")
        for name in data
        if name.startswith("start-") and data[name] != data.get(f"was-{name.removeprefix('start-')}", "")
    }


def _moment(written: str, summit: Summit) -> datetime | None:
    try:
        return datetime.fromisoformat(written).replace(tzinfo=summit.zone) if "T" in written[:-1] else None
    except ValueError:
        return None


def _local(moment: datetime, summit: Summit) -> datetime:
    return moment.astimezone(summit.zone)


def _others(old: Agenda, session: Snapshot) -> list[Snapshot]:
    """Return the sessions with which a session can be swapped: those of its day, without itself."""
    found = [each for each in old.values() if each.days == session.days and each.key != session.key]
    return sorted(found, key=lambda each: (each.starts_at, each.ends_at, each.session_id))
