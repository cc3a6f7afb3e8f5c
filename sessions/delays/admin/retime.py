"""The page that gives a session a new time: it shows what follows, what is in conflict then, and releases it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.agenda.selectors.release_scopes import Placement, Split, placement_of
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.delays.admin.day import day_url
from sessions.delays.models import Retiming, RetimingState
from sessions.delays.permissions import can_consent
from sessions.delays.selectors import retiming_preview, splits
from sessions.delays.selectors.retiming_preview import RetimingPreview, placement_at, swapped
from sessions.delays.services import retiming
from sessions.draft.change_guards import Blocked
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.speakers.selectors import RunningSpeech
from sessions.speakers.services.speakers_list import SpeakersRefused
from summit.admin_base.dashboard import now_of, today_of
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import user_of
from summit.admin_base.widgets import ClockInput, DayInput
from summit.summits.models import Room, Summit

# The ways to give a session a new time.
LONGER, LATER, SPLIT, POSTPONE, SWAP = "longer", "later", "split", "postpone", "swap"
WAYS: Mapping[str, Any] = {
    LONGER: gettext_lazy("Ends later"),
    LATER: gettext_lazy("Starts later"),
    SPLIT: gettext_lazy("Split"),
    POSTPONE: gettext_lazy("Postpone"),
    SWAP: gettext_lazy("Swap with another session"),
}
# The way back to the times from before released ones.
BACK = "back"
# Minutes that are offered to be touched.
MINUTES = (5, 10, 15, 20, 25, 30, 45, 60)
# The times of a split, and the choice that no speech moves.
SPLIT_TIMES, NO_SPEECH = ("end", "on", "until"), "none"
DAY, CLOCK = DayInput({"id": "to-day"}), ClockInput({"id": "to-clock"})


@dataclass
class Wanted:
    """What the page was asked for: the new times of sessions, those that don't follow, and what is wrong with it.

    `minutes` is the number that was touched, or None. `split` says where the session goes on; `waiting` are its
    speeches that haven't been given.
    """

    way: str
    minutes: int | None = None
    asked: dict[int, Placement] = field(default_factory=dict)
    staying: set[int] = field(default_factory=set)
    shorten_breaks: bool = True
    errors: list[str] = field(default_factory=list)
    split: Split | None = None
    waiting: list[RunningSpeech] = field(default_factory=list)

    @property
    def moving(self) -> list[RunningSpeech]:
        """The speeches that move to the second part."""
        return [each for each in self.waiting if self.split and each.slot.public_id in self.split.speeches]


class RetimeMixin:
    """Adds the page that re-times a session to the admin of sessions."""

    frame: Callable[[HttpRequest, Session, str], dict[str, Any]]

    @model_page("<int:pk>/retime/", "retime", do="agenda.run_day")
    def retime_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show what a new time of a session causes. On POST, release it or ask an organiser for consent.

        With `look`, a POST only shows what the typed times cause.
        """
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
                summit=summit,
                asked=wanted.asked,
                staying=wanted.staying,
                shorten_breaks=wanted.shorten_breaks,
                split=wanted.split,
            )
            if wanted.asked and not wanted.errors
            else None
        )
        releases_it = request.method == "POST" and "look" not in request.POST
        if releases_it and planned is not None and planned.changes_anything:
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
            "split_inputs": {name: ClockInput({"id": name}).render(name, data.get(name, "")) for name in SPLIT_TIMES},
            "split_values": _split_values(data, wanted),
            "rooms": _rooms(summit) if wanted.way == SPLIT else [],
            "room": data.get("room", released.room_key),
            "from": data.get("from", ""),
            "number": len(planned.moves) + bool(planned.split) if planned else 0,
            "to_day": to_day,
            "to_clock": to_clock,
            "others": _others(old, released),
            "with": data.get("with", ""),
            "back": data.get("back", "") if wanted.way == BACK else "",
            "staying": [old[key] for key in sorted(wanted.staying & old.keys())],
            "may_consent": can_consent(request.user, summit),
            "planned": planned,
            "fixed": set(data.getlist("fixed")) | _changed_rows(data),
            "accepted": set(request.POST.getlist("accept")),
            "recipients": (
                releases.recipients(summit, planned.placements, planned.split)
                if planned and planned.changes_anything
                else 0
            ),
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
            split=planned.split,
        )
    except retiming.ConflictUndecided as refused:
        wanted.errors.append(str(refused))
        return None
    except (releases.DraftChanged, releases.NothingToRelease, Blocked, SpeakersRefused) as refused:
        messages.warning(request, str(refused))
        return None
    if made.state == RetimingState.WAITING:
        messages.success(request, _("An organiser has been asked for consent. Nothing has changed yet."))
    else:
        number = made.release.number if made.release else 0
        messages.success(request, _("New times released as agenda %(number)d.") % {"number": number})
    day = session.starts_at.astimezone(session.summit.zone).date()
    return redirect(day_url(session.summit, None if day == today_of(request, session.summit) else day))


def parse(data: QueryDict, *, session: Snapshot, old: Agenda, summit: Summit, now: datetime) -> Wanted:
    """Return what the page was asked for, from the parameters of its address or of its form.

    `way` is one of WAYS; by default a session that has begun ends later, and another starts later. `by` is a number
    of minutes, `at` a time of that day instead, `to-day` and `to-clock` a time at the venue, and `with` the public id
    of another session. A session that is split ends at `end` and goes on at `on`, until `until` if that is given, in
    the room `room`, with the speech `from`. `start-<public id>` is the new time of a session that follows, if it
    isn't `was-<public id>`, and `stay` are those that don't follow. With `breaks=keep` breaks keep their length. With
    the way BACK, `back` is the public id of released new times, whose sessions get their former times.
    """
    way = data.get("way", "")
    wanted = Wanted(way if way in (*WAYS, BACK) else LONGER if session.starts_at <= now else LATER)
    by_key = {each.key: each for each in old.values()}
    wanted.shorten_breaks = data.get("breaks") != "keep"
    wanted.staying = {by_key[key].session_id for key in data.getlist("stay") if key in by_key}
    if wanted.way in (LONGER, LATER):
        _by_minutes(wanted, data.get("by", "") or _minutes_until(wanted, data, session, summit), session)
    elif wanted.way == SPLIT:
        _split(wanted, data, session, summit)
    elif wanted.way == POSTPONE:
        _postponed(wanted, data, session, summit)
    elif wanted.way == BACK:
        _back(wanted, data, old, summit)
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


def _split(wanted: Wanted, data: QueryDict, session: Snapshot, summit: Summit) -> None:
    """Take the times of both parts, on the day of the session, the room, and the speech with which it goes on."""
    wanted.waiting = splits.waiting_speeches(session.session_id)
    if not data.get("end") and not data.get("on"):
        return
    day = _local(session.starts_at, summit).date().isoformat()
    ends, goes_on, until = (
        _moment(f"{day}T{CLOCK.value_from_datadict(data, {}, name) or ''}", summit) for name in SPLIT_TIMES
    )
    if ends is None or goes_on is None or (until is None and data.get("until")):
        wanted.errors.append(_("Enter when the session ends and when it continues, such as 14:30."))
        return
    until = until or goes_on + (session.ends_at - ends)
    if ends <= session.starts_at:
        wanted.errors.append(_("Enter an end after the start."))
    elif goes_on < ends:
        wanted.errors.append(_("The second part can’t start before the first one ends."))
    elif until <= goes_on:
        wanted.errors.append(_("Enter when the second part ends."))
    else:
        place = placement_of(session)
        room = _room(data.get("room"), place, summit)
        wanted.asked = {session.session_id: replace(place, ends_at=ends)}
        wanted.split = Split(
            session.session_id,
            Placement(goes_on, until, *room),
            summit.language,
            tuple(each.slot.public_id for each in _moving(wanted.waiting, data.get("from", ""), ends)),
        )


def _moving(waiting: list[RunningSpeech], first: str, ends_at: datetime) -> list[RunningSpeech]:
    """Return the speeches from the chosen one on; by default those that aren't given by the end of the first part."""
    keys = [each.slot.public_id for each in waiting]
    if first in keys:
        return waiting[keys.index(first) :]
    return [] if first == NO_SPEECH else splits.not_given_by(waiting, ends_at)


def _split_values(data: QueryDict, wanted: Wanted) -> dict[str, str]:
    """Return what the form that releases a split sends again, with the speech with which the second part begins."""
    if wanted.split is None:
        return {}
    speeches = wanted.split.speeches
    return {name: data.get(name, "") for name in (*SPLIT_TIMES, "room") if name in data} | {
        "from": speeches[0] if speeches else NO_SPEECH
    }


def _room(key: str | None, place: Placement, summit: Summit) -> tuple[str, str, str]:
    """Return the id and the name of a room, and its venue; by default those of the session."""
    room = Room.objects.filter(venue__summit=summit, public_id=key).select_related("venue").first() if key else None
    return (
        (room.public_id, room.name, room.venue.name) if room else (place.room_key, place.room_name, place.venue_name)
    )


def _rooms(summit: Summit) -> list[Room]:
    return list(Room.objects.filter(venue__summit=summit).select_related("venue"))


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


def _back(wanted: Wanted, data: QueryDict, old: Agenda, summit: Summit) -> None:
    row = Retiming.objects.filter(summit=summit, public_id=data.get("back", "")).first()
    wanted.asked = retiming.former_placements(row, old) if row else {}
    if not wanted.asked:
        stays = retiming.second_part_stays(row, old) if row else ""
        wanted.errors.append(stays or _("These sessions have other times by now. Move them one by one."))


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
