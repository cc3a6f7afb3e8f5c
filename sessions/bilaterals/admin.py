"""Bilateral meetings in the admin: the queue of what is to screen, to approve and to place, and the steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Count, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from delegations.core.admin.reason_page import ask_reason
from delegations.members.forms import MomentField
from delegations.parties.selectors import party_names
from sessions.agenda.selectors.change_descriptions import minutes, span
from sessions.bilaterals import services
from sessions.bilaterals.models import Bilateral, BilateralState
from sessions.bilaterals.permissions import DECIDE
from sessions.bilaterals.selectors import FreeTime, free_times
from sessions.bilaterals.services import BilateralRefused
from sessions.conflicts.admin.warnings_on_save import warn
from sessions.draft.models.sessions import Session
from summit.admin_base.autocomplete import find_by_typing
from summit.admin_base.list_tabs import ListTab, tabs_of
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.model_admin import SUMMIT_PATHS, ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_pages import SummitPage, summit_page, summit_pages
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.admin_base.widgets import name_parts
from summit.core.languages import language_name
from summit.core.local_time import local_moment
from summit.core.punctuation import comma
from summit.permissions.rules import allows
from summit.summits.models import Room, Summit
from summit.templatetags.moments import short_clock
from summit.users.models import User

POLICY_TITLE = gettext_lazy("Requests for bilateral meetings")
SUMMIT_PATHS.update({Bilateral: "party__summit"})
SIGNS = {
    BilateralState.SCREENING: "warn",
    BilateralState.ASKED: "wait",
    BilateralState.PROPOSED: "wait",
    BilateralState.ACCEPTED: "warn",
    BilateralState.APPROVED: "warn",
    BilateralState.PLACED: "good",
    BilateralState.DECLINED: "off",
    BilateralState.WITHDRAWN: "off",
    BilateralState.REFUSED: "bad",
}
_S = BilateralState
# The parts of the queue, in their order: what the desk does first, and last what is over.
QUEUE: dict[str, tuple[Any, tuple[BilateralState, ...]]] = {
    "screen": (gettext_lazy("To screen"), (_S.SCREENING,)),
    "approve": (gettext_lazy("To approve"), (_S.ACCEPTED,)),
    "place": (gettext_lazy("To place"), (_S.APPROVED,)),
    "waiting": (gettext_lazy("With the delegations"), (_S.ASKED, _S.PROPOSED)),
    "placed": (gettext_lazy("Scheduled"), (_S.PLACED,)),
    "closed": (gettext_lazy("Closed"), (_S.DECLINED, _S.WITHDRAWN, _S.REFUSED)),
}
FACTS = (
    *("requested_by", "meeting_with", "purpose", "state_word", "length", "level", "interpreters", "media_spray"),
    *("proposed", "cannot_meet", "reason", "asked", "session_link"),
)


def queue_of(row: Bilateral) -> str:
    """Return the part of the queue in which a request is."""
    return next(name for name, (_label, states) in QUEUE.items() if row.state in states)


class QueueFilter(admin.SimpleListFilter):
    """Filter by the part of the queue."""

    title = gettext_lazy("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the parts of the queue."""
        return [(name, label) for name, (label, _states) in QUEUE.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the requests in the chosen part of the queue."""
        found = QUEUE.get(self.value() or "")
        return queryset if found is None else queryset.filter(state__in=found[1])


class PlaceForm(forms.Form):
    """When and where a meeting takes place, in the venue's time zone."""

    room = forms.ModelChoiceField(Room.objects.none(), label=pgettext_lazy("label", "Room"), required=False)
    spray = forms.BooleanField(label=gettext_lazy("Media spray at the beginning"), required=False)
    field_order = ("starts_at", "room", "spray")

    def __init__(self, *args: Any, row: Bilateral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        summit = row.party.summit
        starts_at = MomentField(
            zone=summit.zone,
            label=_("Start (%(place)s time)") % {"place": summit.said_place},
            error_messages={"required": _("Enter the date and time.")},
        )
        self.fields["starts_at"] = starts_at
        name_parts(starts_at)
        rooms = Room.objects.filter(venue__summit=summit).select_related("venue")
        find_by_typing(self, "room", Session._meta.get_field("room"), summit=summit, rows=rooms)
        if not row.sprayable:
            del self.fields["spray"]
        self.order_fields(self.field_order)


# The place of a request in the queue, for the order of the list.
_ORDER = Case(
    *(When(state__in=states, then=Value(place)) for place, (_label, states) in enumerate(QUEUE.values())),
    output_field=IntegerField(),
)


@admin.register(Bilateral)
class BilateralAdmin(ReadOnlyAdmin):
    """Requests for bilateral meetings in the order of the queue. Each step is a button."""

    place = 3
    summit_path = "party__summit"
    group_column = "queue"
    list_display = ["title", "queue", "length", "state_word", "asked", "step"]
    phone_columns = ("state_word", "step")
    leads = ("step",)
    row_source = RowSource(gettext_lazy("Delegations ask for meetings in the portal."))
    list_filter = ["party__summit", QueueFilter]
    list_select_related = ["party__summit", "counterpart__summit", "session"]
    search_fields = ["party__name", "counterpart__name", "purpose"]
    ordering = [_ORDER.asc(), "asked_at", "pk"]
    fields = readonly_fields = FACTS
    page_shows = list_shows = ()
    change_form_template = "admin/agenda/bilateral/change_form.html"
    nothing_yet = gettext_lazy("No bilateral meetings yet. Delegations ask for them in the portal.")

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Load the names of the parties on a page, and whether the user decides."""
        names = party_names.to_readers(key for row in rows for key in (row.party_id, row.counterpart_id))
        for row in rows:
            row.names = names
            row.decides = allows(request.user, DECIDE, row.party.summit)

    def tabs(self, request: HttpRequest, changelist: Any) -> list[ListTab]:
        """Return a tab for each part of the queue. Makes one query."""
        summit = chosen_summit(request, summits_of(request))
        if summit is None:
            return []
        counts = {name: Count("pk", filter=models.Q(state__in=states)) for name, (_l, states) in QUEUE.items()}
        rows = self.get_queryset(request).filter(party__summit=summit).order_by()
        found = rows.aggregate(total=Count("pk"), **counts)
        return tabs_of(changelist, QueueFilter.parameter_name, {"": found.pop("total"), **found})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a request with the steps that its state and the user's permissions allow."""
        row = self.admit(request, "view", object_id)
        decides = allows(request.user, DECIDE, row.party.summit)
        steps = [step for step in ("forward", "place", "approve", "refuse") if decides and row.can(step)]
        return super().change_view(request, object_id, form_url, {"steps": steps, **(extra_context or {})})

    @admin.display(description=gettext_lazy("meeting"))
    def title(self, row: Bilateral) -> str:
        """Return the names of both parties, first that of the one that asked."""
        return f"{self._name(row, row.party_id)} – {self._name(row, row.counterpart_id)}"

    def _name(self, row: Any, key: int) -> str:
        names = row.names if hasattr(row, "names") else party_names.to_readers([key])
        return str(names[key].name)

    @admin.display(description=gettext_lazy("queue"))
    def queue(self, row: Bilateral) -> str:
        """Return the part of the queue, which stands above its requests."""
        return str(QUEUE[queue_of(row)][0])

    @admin.display(description=gettext_lazy("requested by"))
    def requested_by(self, row: Bilateral) -> str:
        """Return the name of the party that asked."""
        return self._name(row, row.party_id)

    @admin.display(description=gettext_lazy("meeting with"))
    def meeting_with(self, row: Bilateral) -> str:
        """Return the name of the party that was asked."""
        return self._name(row, row.counterpart_id)

    @admin.display(description=gettext_lazy("length"), ordering="minutes")
    def length(self, row: Bilateral) -> str:
        """Return the length of the meeting in words."""
        return minutes(row.minutes)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_word(self, row: Bilateral) -> SafeString:
        """Return the state of the request, marked up with its colour."""
        sign = SIGNS[BilateralState(row.state)]
        return format_html('<span class="state" data-state="{}">{}</span>', sign, row.get_state_display())

    @admin.display(description=gettext_lazy("interpreters"))
    def interpreters(self, row: Bilateral) -> str:
        """Return the languages into which the two sides need an interpreter."""
        codes = [code for code in (row.language, row.counterpart_language) if code]
        return comma().join(language_name(code) for code in codes) or "–"

    @admin.display(description=gettext_lazy("media spray"))
    def media_spray(self, row: Bilateral) -> str:
        """Return whether both sides agree to a media spray."""
        if row.state == BilateralState.PLACED:
            return _("planned") if row.spray else _("none")
        if row.sprayable:
            return _("both delegations agree")
        return _("requested, not agreed") if row.spray_by_party else _("none")

    @admin.display(description=gettext_lazy("proposed time"))
    def proposed(self, row: Bilateral) -> str:
        """Return the time that the other delegation proposed, or a dash."""
        return short_clock(row.proposed_at, row.party.summit) if row.proposed_at else "–"

    @admin.display(description=gettext_lazy("unavailable"))
    def cannot_meet(self, row: Bilateral) -> SafeString | str:
        """Return when the sides can't meet, each with its name."""
        spans = [
            (self._name(row, each.party_id), span(each.starts_at, each.ends_at, row.party.summit))
            for each in row.unavailable.all()
        ]
        return format_html_join(SafeString("<br>"), "{}: {}", spans) if spans else "–"

    @admin.display(description=gettext_lazy("requested on"), ordering="asked_at")
    def asked(self, row: Bilateral) -> str:
        """Return when the meeting was asked for."""
        return short_clock(row.asked_at, row.party.summit)

    @admin.display(description=pgettext_lazy("label", "session"))
    def session_link(self, row: Bilateral) -> SafeString | str:
        """Return a link to the session, or a dash."""
        if row.session is None:
            return "–"
        url = reverse("admin:agenda_session_detail", args=[row.session.pk])
        when = span(row.session.starts_at, row.session.ends_at, row.party.summit)
        return format_html('<a href="{}">{}</a>', url, when)

    @admin.display(description=gettext_lazy("next step"))
    def step(self, row: Any) -> SafeString | str:
        """Return a link to the next step of the desk: to screen, to approve or to place; or to the session."""
        if row.session_id:
            return self.session_link(row)
        steps = {
            "forward": ("change", _("Screen")),
            "approve": ("change", _("Approve")),
            "place": ("place", _("Place the meeting")),
        }
        name, label = next((found for step, found in steps.items() if row.decides and row.can(step)), ("", ""))
        if not name:
            return ""
        url = reverse(f"admin:agenda_bilateral_{name}", args=[row.pk])
        link = '<a href="{}">{}<span class="visually-hidden">: {}</span></a>'
        return format_html(link, url, label, self.title(row))

    @model_page("<int:pk>/forward/", "forward", "POST", do=DECIDE)
    def forward_view(self, request: HttpRequest, row: Bilateral) -> HttpResponse:
        """Forward a screened request."""
        return self._step(request, row, services.forward, _("Request forwarded. The other delegation is notified."))

    @model_page("<int:pk>/approve/", "approve", "POST", do=DECIDE)
    def approve_view(self, request: HttpRequest, row: Bilateral) -> HttpResponse:
        """Approve an accepted meeting."""
        return self._step(request, row, services.approve, _("Meeting approved. Both delegations are notified."))

    def _step(self, request: HttpRequest, row: Bilateral, step: Any, done: str) -> HttpResponse:
        try:
            step(bilateral=row, by=user_of(request))
        except BilateralRefused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, done)
        return redirect("admin:agenda_bilateral_change", row.pk)

    @model_page("<int:pk>/refuse/", "refuse", do=DECIDE)
    def refuse_view(self, request: HttpRequest, row: Bilateral) -> HttpResponse:
        """Ask on GET for the reason; on POST, refuse the meeting."""
        by = user_of(request)
        known = row.forwarded_at is not None
        return ask_reason(
            request,
            self.admin_site,
            title=_("Refuse the meeting %(meeting)s") % {"meeting": self.title(row)},
            sentence=_("Both delegations are notified and see the reason.")
            if known
            else _("The delegation that asked is notified and sees the reason. The other one does not learn of it."),
            button=_("Refuse the meeting"),
            done=_("Meeting refused."),
            back=reverse("admin:agenda_bilateral_change", args=[row.pk]),
            decide=lambda reason: _refuse(row, reason, by),
            problems=(BilateralRefused,),
            longest=Bilateral._meta.get_field("reason").max_length or 0,
        )

    @model_page("<int:pk>/place/", "place", do=DECIDE)
    def place_view(self, request: HttpRequest, row: Bilateral) -> HttpResponse:
        """Show free times and the form on GET. On POST, create the session of the meeting.

        `starts_at` and `room` in the query string fill the form, as the links to the free times do.
        """
        summit, status = row.party.summit, 200
        offered = (
            {
                day: [(time, _query(time.starts_at, time.room, summit)) for time in times]
                for day, times in free_times(row).items()
            }
            if row.can("place")
            else {}
        )
        times = [each for listed in offered.values() for each, _query_string in listed]
        wished = next((each for each in times if each.starts_at == row.proposed_at), None)
        form = PlaceForm(
            request.POST or None, row=row, initial=_initial(request, row, wished or next(iter(times), None))
        )
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                placed = services.place(
                    bilateral=row,
                    starts_at=values["starts_at"],
                    room=values["room"],
                    spray=values.get("spray", False),
                    by=user_of(request),
                )
            except BilateralRefused as refused:
                messages.warning(request, str(refused))
                return redirect("admin:agenda_bilateral_change", row.pk)
            except ValidationError as refused:
                form.add_error("starts_at", refused.messages[0])
            else:
                assert placed.session is not None  # noqa: S101 - it is placed
                messages.success(
                    request, _("Meeting scheduled in the draft. Both delegations see it with the next release.")
                )
                warn(request, placed.session)
                return redirect("admin:agenda_session_detail", placed.session.pk)
        if request.method == "POST":
            status = 422
        context = {
            **self.admin_site.each_context(request),
            "title": _("Place the meeting %(meeting)s") % {"meeting": self.title(row)},
            "opts": self.opts,
            "row": row,
            "summit": summit,
            "length": minutes(row.minutes),
            "interpreters": self.interpreters(row),
            "cannot_meet": self.cannot_meet(row),
            "proposed": row.proposed_at and self.proposed(row),
            "wished": wished,
            "offered": offered,
            "form": form,
            "can_place": row.can("place"),
            "approves": row.can("approve"),
            "back": reverse("admin:agenda_bilateral_change", args=[row.pk]),
        }
        return TemplateResponse(request, "admin/agenda/bilaterals/place.html", context, status=status)


def _refuse(row: Bilateral, reason: str, by: Any) -> None:
    try:
        services.refuse(bilateral=row, reason=reason, by=by)
    except ValidationError as refused:
        raise BilateralRefused(capfirst(" ".join(refused.messages))) from None


def _query(starts_at: datetime, room: Room, summit: Summit) -> str:
    local = starts_at.astimezone(summit.zone).replace(tzinfo=None).isoformat(timespec="minutes")
    return urlencode({"starts_at": local, "room": room.pk})


def _initial(request: HttpRequest, row: Bilateral, offer: FreeTime | None) -> dict[str, Any]:
    """Return the initial values of the form: what the query string names, or else the time and room of an offer."""
    found: dict[str, Any] = {"spray": row.sprayable}
    if offer is not None:
        found |= {"starts_at": offer.starts_at, "room": offer.room.pk}
    try:
        found["starts_at"] = local_moment(request.GET.get("starts_at", ""), row.party.summit.zone)
    except ValueError:
        return found
    room = key_of(request.GET.get("room", ""))
    return {**found, "room": room}


class BilateralPolicyForm(forms.Form):
    """The form that says where a new request goes first."""

    screening = forms.TypedChoiceField(
        label=gettext_lazy("New requests"),
        choices=[
            (False, gettext_lazy("go to the other delegation at once")),
            (True, gettext_lazy("wait until you have read and forwarded them")),
        ],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Requests that already wait stay in the queue until you decide."),
    )


@summit_page("agenda/bilateral-requests/<slug:slug>/", "agenda_bilateral_policy", do=DECIDE)
def policy_page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show where new requests of a summit go first; a POST changes it."""
    form = BilateralPolicyForm(request.POST or None, initial={"screening": services.screens(summit)})
    if request.method == "POST" and form.is_valid():
        services.set_screening(summit=summit, screening=form.cleaned_data["screening"], by=user)
        messages.success(request, _("Settings for requests saved."))
        return redirect("admin:agenda_bilateral_policy", summit.slug)
    context = {
        **admin.site.each_context(request),
        "title": POLICY_TITLE,
        "summit": summit,
        "form": form,
    }
    status = 400 if form.errors else 200
    return TemplateResponse(request, "admin/agenda/bilaterals/policy.html", context, status=status)


summit_pages.register(30)(
    SummitPage(POLICY_TITLE, "agenda_bilateral_policy", DECIDE, MenuPlace.SETTINGS, MenuGroup.PROGRAMME)
)
