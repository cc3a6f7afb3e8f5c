"""The speakers' list of a session in the admin.

One page has the list and the requests for the floor. Another page builds the list from the protocol order, and a
third one edits a speech.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.parties.selectors import party_names
from sessions.conflicts.admin.warnings_on_save import warn
from sessions.draft.admin.session_pages import FrameMixin
from sessions.draft.models.participants import FloorRequest, RequestState, Slot
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import can_edit
from sessions.speakers.admin.changed_values import SpeechSnapshot, Typed, list_state, read
from sessions.speakers.admin.forms import SpeechForm, TimesForm
from sessions.speakers.services import floor_requests, line_up_in_protocol_order, speakers_list
from sessions.speakers.services.floor_requests import FloorRefused
from sessions.speakers.services.speakers_list import SpeakersRefused
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of
from summit.admin_base.service_admin import user_of
from summit.users.models import User

REFUSED = (SpeakersRefused, FloorRefused, ValidationError)


def error_text(refused: Exception) -> str:
    """Return the message of an error in `REFUSED`, as one string."""
    return " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)


@dataclass
class Forms:
    """The two forms on the page of the list: for a new speech, and for the times."""

    speech: SpeechForm
    times: TimesForm


class SpeakersMixin(FrameMixin):
    """Adds the pages of the speakers' list to the admin of draft sessions."""

    @model_page("<int:pk>/speakers/", "speakers", post="agenda.edit")
    def speakers_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show the list and the requests for the floor; on POST, change them.

        A POST does one of these things: it moves one speech (`move=up:KEY:PLACE`, or `to`) and saves the entered
        places and minutes, saves only the entered places and minutes, adds a speech, changes the times, or decides on
        a request.
        """
        with timezone.override(session.summit.zone):
            forms, typed = Forms(SpeechForm(session=session), _times_form(session)), Typed()
            if request.method == "POST":
                by = user_of(request)
                if request.POST.get("do") == "add":
                    forms.speech = SpeechForm(request.POST, session=session)
                elif request.POST.get("do") == "times":
                    forms.times = TimesForm(request.POST)
                try:
                    done = _do(request, session, by, forms)
                except REFUSED as refused:
                    messages.warning(request, error_text(refused))
                    typed, done = read(request.POST, keep=True), False
                if done:
                    warn(request, session)
                    return _back(request, session)
            response = self._list(request, session, typed, forms)
            response.render()
        return response

    def _list(self, request: HttpRequest, session: Session, typed: Typed, forms: Forms) -> TemplateResponse:
        rows = speakers_list.slots(session)
        lines, focus = speakers_list.lines(session, rows), request.GET.get("focus", "")
        requests = list(session.requests.select_related("party", "speaker", "decided_by").order_by("asked_at", "pk"))
        context = {
            **self.frame(request, session, _("Speakers’ list")),
            **party_names.on_page(session.summit),
            "lines": [SpeechSnapshot(line, typed, len(rows), focus) for line in lines],
            "moved": next((line for line in lines if focus.endswith(f"-{line.slot.pk}")), None),
            "was": typed.was or list_state(lines),
            "totals": speakers_list.totals(session, [row.minutes for row in rows]),
            "parties": len(line_up_in_protocol_order.attending(session)),
            "asked": [row for row in requests if row.state == RequestState.ASKED],
            "decided": [row for row in requests if row.state != RequestState.ASKED],
            "takes_requests": floor_requests.is_open(session),
            "form": forms.speech,
            "times": forms.times,
            "may_edit": can_edit(request.user, session),
        }
        return TemplateResponse(request, "admin/agenda/speakers/speakers.html", context)

    @model_page("<int:pk>/speakers/protocol-order/", "line_up", do="agenda.edit")
    def line_up_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """Show the list that the protocol order would give; on POST, build it."""
        by = user_of(request)
        host_first = bool((request.POST if request.method == "POST" else request.GET).get("host"))
        if request.method == "POST":
            try:
                result = line_up_in_protocol_order.make(
                    session=session, by=by, host_first=host_first, expected=request.POST.get("expected", "")
                )
            except line_up_in_protocol_order.ListChanged as changed:
                messages.warning(request, str(changed))
            else:
                message = ngettext(
                    "%(number)d speech added to the list.", "%(number)d speeches added to the list.", result.added
                )
                messages.success(request, message % {"number": result.added})
                return redirect("admin:agenda_session_speakers", session.pk)
        plan = line_up_in_protocol_order.preview(session=session, host_first=host_first)
        context = {
            **self.frame(request, session, _("From the protocol order")),
            **party_names.on_page(session.summit),
            "plan": plan,
            "host_first": host_first,
            "totals": speakers_list.totals(session, [entry.minutes for entry in plan.entries]),
        }
        return TemplateResponse(request, "admin/agenda/speakers/line_up.html", context)

    @model_page(
        "speech/<int:pk>/", "speech", model="slot", kind="agenda.slot", see="agenda.slot.view", do="agenda.edit"
    )
    def speech_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the speaker, party, title and minutes of a speech."""
        slot = self.part(request, Slot, pk, "speaker", "party")
        by = self.editor(request, slot.session)
        initial = {"speaker": slot.speaker_id, "party": slot.party_id, "title": slot.title, "minutes": slot.minutes}
        form = SpeechForm(request.POST or None, session=slot.session, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                speakers_list.change(slot=slot, by=by, **form.values())
            except REFUSED as refused:
                messages.warning(request, error_text(refused))
            else:
                messages.success(request, _("Speech saved."))
                return redirect("admin:agenda_session_speakers", slot.session_id)
        context = {**self.frame(request, slot.session, _("Speech")), "slot": slot, "form": form}
        return TemplateResponse(request, "admin/agenda/speakers/speech.html", context)

    @model_page(
        "speech/<int:pk>/take-off/",
        "take_off",
        model="slot",
        kind="agenda.slot",
        see="agenda.slot.view",
        do="agenda.edit",
    )
    def take_off_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for confirmation, then take a speech off the list."""
        slot = self.part(request, Slot, pk, "speaker", "party")
        by = self.editor(request, slot.session)
        if request.method == "POST":
            try:
                speakers_list.remove(slot=slot, by=by)
            except SpeakersRefused as refused:
                messages.warning(request, str(refused))
            else:
                messages.success(request, _("%(speaker)s removed from the list.") % {"speaker": slot.speaker.label})
            return redirect("admin:agenda_session_speakers", slot.session_id)
        context = {**self.frame(request, slot.session, _("Remove speech")), "slot": slot}
        return TemplateResponse(request, "admin/agenda/speakers/remove_speech.html", context)


def _do(request: HttpRequest, session: Session, by: User, forms: Forms) -> bool:
    """Carry out the submitted action, and return whether to redirect to the page. Raises the errors in `REFUSED`."""
    action, _sep, target = request.POST.get("do", "").partition(":")
    if "move" in request.POST:
        _how, number, place = [*request.POST["move"].split(":"), "", ""][:3]
        typed = read(request.POST)
        places = {**typed.places, key_of(number) or 0: key_of(place) or 1}
        speakers_list.arrange(session=session, places=places, minutes=typed.minutes, by=by)
    elif action == "add" and forms.speech.is_valid():
        slot = speakers_list.add(session=session, by=by, **forms.speech.values())
        messages.success(request, _("%(speaker)s added to the end of the list.") % {"speaker": slot.speaker.label})
    elif action == "times" and forms.times.is_valid():
        _change_times(request, session, by, forms.times.cleaned_data)
    elif action == "save":
        typed = read(request.POST)
        if speakers_list.arrange(session=session, places=typed.places, minutes=typed.minutes, by=by):
            messages.success(request, _("List saved."))
    elif action in ("grant", "decline"):
        _decide(request, session, by, action, target)
    else:
        return False
    return True


def _back(request: HttpRequest, session: Session) -> HttpResponse:
    """Return a redirect to the list, which names the moved speech and focuses the pressed button."""
    url = reverse("admin:agenda_session_speakers", args=[session.pk])
    direction, _sep, rest = request.POST.get("move", "").partition(":")
    key = key_of(rest.partition(":")[0])
    return redirect(f"{url}?focus={direction}-{key}" if direction in ("up", "down", "to") and key else url)


def _times_form(session: Session) -> TimesForm:
    names = ("opening", "speech_minutes", "requests_until")
    return TimesForm(initial={name: getattr(session, name) for name in names})


def _change_times(request: HttpRequest, session: Session, by: User, data: dict[str, Any]) -> None:
    moved = speakers_list.settle(
        session=session, opening=data["opening"], speech_minutes=data["speech_minutes"], by=by
    )
    floor_requests.set_request_deadline(session=session, until=data["requests_until"], by=by)
    message = ngettext(
        "Times saved; %(number)d speech changed.",
        "Times saved; %(number)d speeches changed.",
        moved,
    )
    messages.success(request, message % {"number": moved} if moved else _("Times saved."))


def _decide(request: HttpRequest, session: Session, by: User, action: str, target: str) -> None:
    """Grant or decline a request; with `all`, grant all open requests. Raises FloorRefused."""
    rows = session.requests.filter(state=RequestState.ASKED).select_related("session__summit", "speaker", "party")
    requests: list[FloorRequest] = list(rows if target == "all" else rows.filter(pk=key_of(target) or 0))
    if action == "grant":
        slots = floor_requests.grant(requests=requests, session=session, by=by)
        message = ngettext(
            "%(number)d request added to the list. The delegation is notified.",
            "%(number)d requests added to the list. The delegations are notified.",
            len(slots),
        )
        done = bool(slots)
        message %= {"number": len(slots)}
    else:
        reason = request.POST.get("reason", "")
        done = bool(requests) and floor_requests.decline(request=requests[0], reason=reason, by=by)
        message = _("Request declined. The delegation is notified.")
    if done:
        messages.success(request, message)
    else:
        messages.warning(request, _("This request has already been decided or withdrawn. Reload the list."))
