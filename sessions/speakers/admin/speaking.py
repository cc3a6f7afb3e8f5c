"""The page on which the speakers' list is run while its session lasts: the clock, the order, and the time used.

Two pages that are open at once show the same: each asks a small address for the version of the list every few
seconds, and loads its list anew when the version changes. Without scripts the page is loaded by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.parties.selectors import party_names
from sessions.draft.admin.session_pages import FrameMixin
from sessions.draft.models.participants import RequestState, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import can_edit, can_run_day
from sessions.speakers import selectors
from sessions.speakers.delivery_listeners import listeners
from sessions.speakers.models import SpeechAct
from sessions.speakers.selectors import RunningList, RunningSpeech
from sessions.speakers.services import floor_requests, line_up_in_protocol_order, speech_clock
from sessions.speakers.services.speakers_list import SpeakersRefused, removed_message
from sessions.speakers.services.speech_clock import ClockRefused, OutOfTime
from summit.admin_base.live_versions import version_response
from summit.admin_base.messages import add_undoable
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of
from summit.admin_base.service_admin import user_of
from summit.undo import services as undo
from summit.users.models import User

# The limits in minutes that the page offers for the remaining speeches.
LIMITS = (1, 2, 3, 4, 5, 7, 10, 15)
# A speech can be postponed behind each of so many next ones, or to the end.
NEXT = 3
# The target of giving the floor once the page has asked.
DESPITE_TIME = "despite-time"


@dataclass(frozen=True)
class Later:
    """Where a waiting speech can be postponed to: behind another one. `behind` is its key, "" for the end."""

    behind: str
    name: str


@dataclass(frozen=True)
class WaitingRow:
    """A waiting speech on the page, with the choices where it can be postponed to."""

    line: RunningSpeech
    number: int
    later: list[Later]


@dataclass(frozen=True)
class Shorter:
    """A limit that can be set for the remaining speeches, and the minutes that it wins."""

    minutes: int
    wins: int


class SpeakingMixin(FrameMixin):
    """Adds the page that runs the speakers' list to the admin of draft sessions."""

    @model_page("<int:pk>/speaking/", "speaking", post="agenda.run_day")
    def speaking_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show the running list. On POST, do an act with a speech (`do=ACT:KEY`) or with the list, and lead back."""
        if request.method == "POST":
            with undo.grouped() as act:
                try:
                    done, sentence = _do(request, session, user_of(request))
                except OutOfTime:
                    # The page asks again, with what follows.
                    return redirect(f"{request.path}?{urlencode({'ask': _slot_key(request)})}")
                except (ClockRefused, SpeakersRefused) as refused:
                    done, sentence = False, str(refused)
            if done:
                add_undoable(request, sentence, act)
            else:
                messages.warning(request, sentence)
            # The heading gets the focus then, so that the keyboard goes on from the buttons below it.
            return redirect(f"{reverse('admin:agenda_session_speaking', args=[session.pk])}?acted=1")
        with timezone.override(session.summit.zone):
            response = self._running(request, session, user_of(request))
            response.render()
        return response

    @model_page("<int:pk>/speaking/version/", "speaking_version", "GET")
    def speaking_version_view(self, request: HttpRequest, session: Session) -> HttpResponseBase:
        """Return the version of the running list, or 304 if it is the one that the page has."""
        return version_response(request, selectors.version(session))

    def _running(self, request: HttpRequest, session: Session, by: User) -> TemplateResponse:
        # Read before the list: a change in between is then shown with the next version.
        version = selectors.version(session)
        listed = selectors.running_list(session)
        may_run = can_run_day(by, session.summit)
        open_until = session.requests_until if floor_requests.is_open(session) else None
        context = {
            **self.frame(request, session, _("Speakers")),
            **party_names.on_page(session.summit),
            "version": version,
            "list": listed,
            "waiting": _waiting_rows(listed),
            "minutes": sum(line.slot.minutes for line in listed.waiting),
            "shorter": _shorter(listed),
            "end": _end(session, listed),
            "follows": consequences(listed.speaking.slot, by) if may_run and listed.speaking else "",
            "attending": line_up_in_protocol_order.attending(session) if may_run and _hears_point(listed) else [],
            "open_until": open_until,
            "acted": "acted" in request.GET,
            "asked_for": _asked_for(request, session, by) if may_run else None,
            "asked": session.requests.filter(state=RequestState.ASKED).count(),
            "may_run": may_run,
            "may_edit": can_edit(by, session),
        }
        return TemplateResponse(request, "admin/agenda/speakers/speaking.html", context)


@dataclass(frozen=True)
class AskedFor:
    """A speech to which the floor was given although its session is still ahead, and what follows from its end."""

    slot: Slot
    why: str
    follows: str


def _asked_for(request: HttpRequest, session: Session, by: User) -> AskedFor | None:
    """Return the speech in the query `ask`, or None if the floor can be given to it without asking."""
    slot = Slot.objects.filter(session=session, pk=key_of(request.GET.get("ask", "")) or 0).first()
    why = speech_clock.why_out_of_time(session) if slot else ""
    return AskedFor(slot, why, consequences(slot, by)) if slot and why else None


def _slot_key(request: HttpRequest) -> str:
    return request.POST.get("do", "").partition(":")[2].partition(":")[0]


def _hears_point(listed: RunningList) -> bool:
    return listed.speaking is not None and listed.speaking.point is not None


def consequences(slot: Slot, by: User) -> str:
    """Return what follows from ending a speech, such as that its text is published; or ""."""
    return " ".join(filter(None, (listener.consequences(slot, by) for listener in listeners)))


def _waiting_rows(listed: RunningList) -> list[WaitingRow]:
    first = len(listed.done) + (listed.speaking is not None) + 1
    return [
        WaitingRow(line, first + index, list(_later(listed.waiting, index)))
        for index, line in enumerate(listed.waiting)
    ]


def _later(waiting: list[RunningSpeech], index: int) -> Iterator[Later]:
    for other in waiting[index + 1 : index + 1 + NEXT]:
        yield Later(str(other.slot.pk), other.slot.speaker.label)
    if len(waiting) > index + 1 + NEXT:
        yield Later("", "")


def _shorter(listed: RunningList) -> list[Shorter]:
    return [Shorter(minutes, won) for minutes in LIMITS if (won := listed.wins(minutes))]


@dataclass(frozen=True)
class ExpectedEnd:
    """When the last waiting speech ends if all keep to their time, and the minutes by which the session is over."""

    at: datetime
    over: int


def _end(session: Session, listed: RunningList) -> ExpectedEnd | None:
    last = listed.waiting[-1] if listed.waiting else None
    if last is None or last.begins is None:
        return None
    at = last.begins + timedelta(minutes=last.slot.minutes)
    return ExpectedEnd(at, max(int((at - session.ends_at).total_seconds() // 60), 0))


def _do(request: HttpRequest, session: Session, by: User) -> tuple[bool, str]:
    """Carry out the submitted act. Return whether anything changed, and a sentence.

    Raises ClockRefused and SpeakersRefused.
    """
    name, key, target = [*request.POST.get("do", "").split(":"), "", ""][:3]
    if name == "shorten":
        return _shorten(session, key_of(key) or 0, by)
    if name == "close":
        changed = speech_clock.close_list(session=session, by=by)
        closed, was_closed = (
            _("List closed: delegations can no longer ask to speak."),
            _("The list is closed already."),
        )
        return changed, closed if changed else was_closed
    rows = Slot.every.filter(session=session, pk=key_of(key) or 0)
    slot = rows.select_related("session__summit", "speaker").first()
    if slot is None:
        raise ClockRefused(removed_message())
    if name == "raised_by":
        return _record_raiser(slot, key_of(request.POST.get("party", "")), by)
    if name not in SENTENCES:
        raise ClockRefused(_("Choose what to do with the speech."))
    follows = consequences(slot, by) if name == SpeechAct.END else ""
    despite_time = target == DESPITE_TIME
    changed = speech_clock.do(act=name, slot=slot, behind=key_of(target), by=by, despite_time=despite_time)
    done, repeated = (sentence % {"speaker": slot.speaker.label} for sentence in SENTENCES[name])
    return changed, f"{done} {follows}".strip() if changed else repeated


def _record_raiser(slot: Slot, key: int | None, by: User) -> tuple[bool, str]:
    parties = line_up_in_protocol_order.attending(slot.session)
    party = next((each for each in parties if each.pk == key), None)
    changed = speech_clock.record_raiser(slot=slot, party=party, by=by)
    return changed, _("Recorded who raised the point of order.") if changed else _("This is recorded already.")


def _shorten(session: Session, minutes: int, by: User) -> tuple[bool, str]:
    won = speech_clock.shorten(session=session, minutes=minutes, by=by)
    if not won:
        return False, _("No remaining speech is longer than that.")
    return True, ngettext(
        "Remaining speeches shortened: %(n)d minute won.", "Remaining speeches shortened: %(n)d minutes won.", won
    ) % {"n": won}


# What is said if an act is done, and if it was done already.
SENTENCES: dict[str, tuple[Promise, Promise]] = {
    SpeechAct.GIVE_FLOOR: (
        gettext_lazy("%(speaker)s has the floor. The clock is running."),
        gettext_lazy("%(speaker)s already has the floor: the clock is running."),
    ),
    SpeechAct.PAUSE: (gettext_lazy("Clock paused."), gettext_lazy("The clock is already paused.")),
    SpeechAct.POINT_OF_ORDER: (
        gettext_lazy("Point of order: the clock has stopped."),
        gettext_lazy("A point of order is already being heard: the clock has stopped."),
    ),
    SpeechAct.RESUME: (gettext_lazy("The clock is running again."), gettext_lazy("The clock is already running.")),
    SpeechAct.END: (
        gettext_lazy("The speech of %(speaker)s has ended."),
        gettext_lazy("The speech of %(speaker)s has already ended."),
    ),
    SpeechAct.POSTPONE: (
        gettext_lazy("%(speaker)s speaks later."),
        gettext_lazy("%(speaker)s already speaks later."),
    ),
    SpeechAct.SKIP: (
        gettext_lazy("%(speaker)s: marked as not delivered."),
        gettext_lazy("%(speaker)s: already marked as not delivered."),
    ),
}
