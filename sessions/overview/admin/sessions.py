"""The admin of the working draft. Times are shown and entered in the venue's time zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import HiddenInput, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.members.models.categories import Category
from delegations.parties.models.parties import Party
from sessions.agenda.admin.audiences import who_sees
from sessions.agenda.selectors.change_descriptions import span
from sessions.board.admin.board import BoardMixin
from sessions.conflicts.admin.warnings import warning_rows
from sessions.conflicts.admin.warnings_on_save import ClashesMixin, warned
from sessions.conflicts.selectors.warnings import if_moved
from sessions.delays.admin.day import DayMixin
from sessions.delays.admin.retime import RetimeMixin
from sessions.documents.admin import PapersMixin
from sessions.draft.admin.add_participants import AddParticipantsMixin
from sessions.draft.admin.cancellation import DecidingMixin
from sessions.draft.admin.forms import OWN, SessionForm, kinds_of
from sessions.draft.admin.inlines import (
    InterpretationInline,
    OfSummitMixin,
    ParticipantInline,
    SlotInline,
    TextInline,
)
from sessions.draft.admin.parties_that_left import PartiesThatLeftMixin
from sessions.draft.admin.session_pages import like_url
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import DRAFT_READERS
from sessions.draft.selectors.free_rooms import rooms_at
from sessions.draft.selectors.progress import Progress, progress_of
from sessions.draft.services import planning
from sessions.membership_changes.services import passed_on_places
from sessions.overview.admin import session_detail
from sessions.overview.admin.list_tools import ToolsMixin
from sessions.overview.admin.long_rows import LongRowsMixin
from sessions.overview.admin.session_edit_conflicts import TogetherMixin
from sessions.overview.admin.session_filters import (
    PROGRESS,
    DayFilter,
    KindFilter,
    RoomFilter,
    StandingFilter,
    StartsFilter,
    WarningFilter,
)
from sessions.presence.admin.presence import PresenceMixin
from sessions.presence.admin.unreached import UnreachedMixin
from sessions.signups.admin.session_page import SignUpsMixin
from sessions.signups.permissions import can_see_sign_ups
from sessions.signups.selectors import Places
from sessions.signups.services import signups
from sessions.speakers.admin.speakers import SpeakersMixin
from sessions.speakers.admin.speaking import SpeakingMixin
from sessions.visibility.models import AS_THE_SESSION, PARTS
from summit.admin_base import form_idempotency
from summit.admin_base.detail_pages import DetailPageMixin, Fact, Section, edited_section
from summit.admin_base.model_admin import SUMMIT_PATHS, SummitModelAdmin
from summit.core.date_formats import clock, long_day, short_day
from summit.core.languages import language_name
from summit.core.punctuation import comma, until
from summit.permissions.models import Role
from summit.permissions.rules import summits_for
from summit.summits.models import Summit
from summit.users.models import User

SUMMIT_PATHS.update({Session: "summit", Party: "summit", Category: "summit"})


def summits_to_edit(request: HttpRequest) -> models.QuerySet[Summit]:
    """Return the summits whose draft the user may change, newest first."""
    editable = summits_for(request.user, "agenda.session.change")
    return Summit.objects.all() if editable is None else Summit.objects.filter(pk__in=editable)


def _about_seeing() -> str:
    """Return the form's help text on visibility."""
    parts = _(
        "First choose who can see the session at all. If necessary, restrict parts of it to fewer people: others "
        "then see, for example, “time not announced”."
    )
    desks = _("“Organisers only” limits the session to roles that can read the draft: %(roles)s.")
    return f"{parts} {desks % {'roles': comma().join(str(Role(role).label) for role in DRAFT_READERS)}}"


def _cached_on_request(request: HttpRequest, name: str, find: Any) -> Any:
    """Return the result of `find`, which is called once for each request and name."""
    cache = request.__dict__.setdefault("desk_found", {})
    if name not in cache:
        cache[name] = find()
    return cache[name]


VISIBILITY_FIELDS = ("visibility", *(f"{part}_to" for part in PARTS))
# The sections of a session's page. Its speeches and documents have pages of their own.
SECTIONS = (
    Section(
        "time-and-room",
        gettext_lazy("Time and room"),
        ("starts_at", "ends_at", "room", "capacity", "set_up", "clear_down", "pinned"),
    ),
    Section("cancellation", gettext_lazy("Cancellation"), ("cancellation_reason",)),
    Section("about", gettext_lazy("Type"), ("title", "kind", "summary")),
    Section("participants", gettext_lazy("Participants"), (), (ParticipantInline,)),
    Section("visibility", gettext_lazy("Visibility"), VISIBILITY_FIELDS),
    Section("media", gettext_lazy("Media and sign-up"), ("media", "sign_up")),
    Section("interpretation", gettext_lazy("Interpretation"), (), (InterpretationInline,)),
    Section("translations", gettext_lazy("Translations"), (), (TextInline,)),
)
# The fields that a new session has from the session like which it is added.
CARRIED_OVER = ("room", "set_up", "clear_down", *VISIBILITY_FIELDS, "media")


def _sign_ups(request: HttpRequest, row: Session, found: Places) -> SafeString | str:
    """Return how many places of a session are taken and how many people wait, as a link for who may open it."""
    if found.total is None:
        words = ngettext("%(number)s place taken, no limit.", "%(number)s places taken, no limit.", found.taken)
        parts = [words % {"number": found.taken}]
    else:
        parts = [_("%(taken)s of %(total)s places taken.") % {"taken": found.taken, "total": found.total}]
    if found.waiting:
        words = ngettext(
            "%(number)s person on the waiting list.", "%(number)s people on the waiting list.", found.waiting
        )
        parts.append(words % {"number": found.waiting})
    if not can_see_sign_ups(request.user, row.summit):
        return " ".join(parts)
    url = reverse("admin:agenda_session_sign_ups", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, " ".join(parts))


@admin.register(Session)
class SessionAdmin(
    LongRowsMixin,
    DetailPageMixin,
    ClashesMixin,
    ToolsMixin,
    TogetherMixin,
    PapersMixin,
    SpeakersMixin,
    SpeakingMixin,
    DayMixin,
    RetimeMixin,
    PresenceMixin,
    UnreachedMixin,
    DecidingMixin,
    AddParticipantsMixin,
    PartiesThatLeftMixin,
    SignUpsMixin,
    BoardMixin,
    OfSummitMixin,
    SummitModelAdmin,
):
    """Sessions of the draft. Changes become visible with the next release."""

    place = 1
    menu_pages = ((gettext_lazy("Board"), "agenda_session_board"),)
    form = SessionForm
    fieldsets = (
        (
            gettext_lazy("Title and time"),
            {"fields": ["summit", "title", "kind", ("starts_at", "ends_at"), "summary"]},
        ),
        (
            gettext_lazy("Place"),
            {"fields": [("room", "capacity"), ("set_up", "clear_down"), "pinned"]},
        ),
        (
            gettext_lazy("Visibility"),
            {"fields": [*VISIBILITY_FIELDS], "description": lazy(_about_seeing, str)()},
        ),
        (gettext_lazy("Media and sign-up"), {"fields": ["media", "sign_up"]}),
    )
    group_column = "day"
    list_display = ["title", "day", "hours", "room", "kind_word", "visibility", "standing"]
    phone_columns = ("hours", "room", "standing")
    told_too = ("starts_at", "ends_at")
    list_filter = [DayFilter, "summit", KindFilter, RoomFilter, "visibility", "media", "sign_up"]
    list_filter += [StandingFilter, StartsFilter, WarningFilter]
    list_select_related = ["summit", "room", "custom_kind"]
    search_fields = ["title", "summary"]
    inlines = [TextInline, InterpretationInline, ParticipantInline, SlotInline]
    change_form_template = "admin/agenda/session/change_form.html"
    detail_template = "admin/agenda/session/detail.html"
    section_template = "admin/agenda/session/section_form.html"
    sections = SECTIONS
    page_shows = ()

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Set on rows of the list where they stand by now."""
        super().make_ready(request, rows)
        found = progress_of([row.pk for row in rows])
        for row in rows:
            row.progress = found.get(row.pk, Progress.SCHEDULED)

    @admin.display(description=gettext_lazy("day"), ordering="starts_at")
    def day(self, row: Session) -> str:
        """Return the day on which the session starts, in the venue's time zone."""
        return short_day(row.starts_at.astimezone(row.summit.zone))

    def group_of(self, row: Session) -> str:
        """Return the group heading of a session: the day, and the time zone of the times below."""
        day = long_day(row.starts_at.astimezone(row.summit.zone).date())
        return _("%(day)s, %(place)s time") % {"day": day, "place": row.summit.said_place}

    @admin.display(description=gettext_lazy("time"), ordering="starts_at")
    def hours(self, row: Session) -> str:
        """Return start and end in the venue's time zone, which the group heading names."""
        zone = row.summit.zone
        return f"{clock(row.starts_at.astimezone(zone))}{until()}{clock(row.ends_at.astimezone(zone))}"

    def detail_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the variables of a session's page."""
        return {"kind": capfirst(self.kind_word(row)), **session_detail.context(request, row)}

    def facts(self, request: HttpRequest, row: Any, section: Section) -> Iterator[Fact]:
        """Yield the fields of a section, its interpretation, or its titles in other languages."""
        if section.name == "time-and-room":
            yield Fact(_("When"), span(row.starts_at, row.ends_at, row.summit))
            shown = [name for name in section.fields[2:] if getattr(row, name)]
            section = replace(section, fields=tuple(shown))
        elif section.name == "about":
            section = replace(section, fields=("kind_word", "summary"))
        yield from super().facts(request, row, section)
        if section.name == "media" and row.sign_up:
            places = signups.released_places(row)
            if places is not None:
                yield Fact(_("Sign-ups"), _sign_ups(request, row, places))
        if InterpretationInline in section.inlines:
            for found in row.interpretation.order_by("pk"):
                languages = {"source": language_name(found.source), "target": language_name(found.target)}
                booth = _("booth %(booth)s") % {"booth": found.booth} if found.booth else _("without a booth")
                yield Fact(_("from %(source)s into %(target)s") % languages, booth)
        if TextInline in section.inlines:
            for found in row.texts.order_by("language"):
                yield Fact(language_name(found.language), found.title)

    @admin.display(description=gettext_lazy("from another schedule"))
    def from_another_schedule(self, row: Session) -> SafeString:
        """Return the values imported from other schedules, by the format's names."""
        return format_html_join(
            "", "<div>{}: <bdi>{}</bdi></div>", ((name, rest[0]) for name, *rest in row.carried or ())
        )

    @admin.display(description=gettext_lazy("state"), ordering="cancelled_at")
    def standing(self, row: Session) -> str:
        """Return "cancelled", or where the session stands by now (`make_ready`) with the warnings about it.

        A session that is only scheduled has no sign, and says so only without warnings.
        """
        if row.cancelled_at:
            return format_html('<span class="state" data-state="bad">{}</span>', _("cancelled"))
        progress, warnings = getattr(row, "progress", Progress.SCHEDULED), warned(row)
        if progress == Progress.SCHEDULED:
            return warnings or str(PROGRESS[progress])
        look = "state" if progress == Progress.RUNNING else "muted"
        stands = format_html('<span class="{}" data-state="good">{}</span>', look, PROGRESS[progress])
        return format_html("{} {}", stands, warnings) if warnings else stands

    @admin.display(description=gettext_lazy("type"), ordering="kind")
    def kind_word(self, row: Session) -> str:
        """Return the name of the kind, which may be the summit's own."""
        return str(row.custom_kind or row.get_kind_display())

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fieldsets, with imported values if there are any.

        Users who may only read get the name of the kind instead of its field.
        """
        groups = super().get_fieldsets(request, obj)
        if edited_section(request) is not None:
            return groups
        if obj is not None and obj.cancelled_at:
            groups = [*groups, (_("Cancellation"), {"fields": ["cancellation_reason"]})]
        if obj is not None and obj.carried:
            message = _("Included in schedule.json and schedule.xml exports, but not shown on any page.")
            fields: Any = {"fields": ["from_another_schedule"], "description": message}
            groups = [*groups, (_("From another schedule"), fields)]
        if self.has_change_permission(request, obj) or obj is None:
            return groups
        replaced = {"kind": "kind_word"}
        return [
            (
                name,
                {
                    **options,
                    "fields": [
                        replaced.get(each, each) if isinstance(each, str) else each for each in options["fields"]
                    ],
                },
            )
            for name, options in groups
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the fields that replace form fields for users who may only read."""
        fields = ["from_another_schedule"] if obj is not None and obj.carried else []
        return fields if obj is None or self.has_change_permission(request, obj) else ["kind_word", *fields]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the form field, with the time zone as help text of times.

        The field for the summit is hidden and has only the page's summit.
        """
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        summit: Summit | None = getattr(request, "desk_summit", None)
        if field is not None and summit is not None:
            if db_field.name in ("starts_at", "ends_at"):
                # Templates render help texts as markup.
                message = _("%(place)s time (%(zone)s)") % {"place": summit.said_place, "zone": summit.time_zone}
                field.help_text = escape(message)
            elif db_field.name == "kind":
                field.choices = _cached_on_request(request, "kinds", lambda: kinds_of(summit))
            elif db_field.name in (f"{part}_to" for part in PARTS):
                field.choices = [
                    (value, name if value else capfirst(str(AS_THE_SESSION))) for value, name in field.choices
                ]
            elif db_field.name == "summit":
                field.queryset = Summit.objects.filter(pk=summit.pk)
                field.widget = HiddenInput()
                field.initial = summit.pk
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Render or process the form in the time zone of its summit.

        A new session gets the summit with the slug in `?summit=`, or else the newest summit.
        """
        session: Session | None = self.admit(request, "add" if object_id is None else "view", object_id)
        if session is None:
            choices = list(summits_to_edit(request))
            slug = request.GET.get("summit", "")
            summit = next((row for row in choices if row.slug == slug), choices[0] if choices else None)
            others = [row for row in choices if row != summit]
        else:
            summit, others = session.summit, []
        if summit is None:
            raise Http404
        request.desk_summit = summit  # type: ignore[attr-defined]
        context = {
            "summit": summit,
            "other_summits": others,
            "left": [] if session is None else passed_on_places.waiting(session),
            "sees": [] if session is None else who_sees(session),
            **(extra_context or {}),
        }
        with timezone.override(summit.zone):
            response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
            if isinstance(response, TemplateResponse):
                response.render()
        return response

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the initial values of a new session.

        With the public id of a session in `?like=`, it has the kind, room and readers of that one, and starts when
        that one ends.
        """
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        rows = self.get_queryset(request).filter(public_id=request.GET.get("like", "").replace("\0", "")[:16])
        like: Session | None = rows.first()
        if like is None:
            return initial
        carried = {name: getattr(like, name) for name in CARRIED_OVER}
        times = {"starts_at": like.ends_at, "ends_at": like.ends_at + (like.ends_at - like.starts_at)}
        kind = f"{OWN}{like.custom_kind_id}" if like.custom_kind_id else like.kind
        return {**initial, **carried, **times, "kind": kind}

    def response_add(self, request: HttpRequest, obj: models.Model, *args: Any, **kwargs: Any) -> Any:
        """Redirect after “Save and add another” to the form of a session like the one that was saved."""
        response = super().response_add(request, obj, *args, **kwargs)
        if "_addanother" in request.POST and isinstance(obj, Session):
            return redirect(like_url(obj))
        return response

    def response_change(self, request: HttpRequest, obj: models.Model) -> Any:
        """Add the message that delegations don't see the change yet, if the session is in a release."""
        if isinstance(obj, Session) and session_detail.is_changed(obj):
            messages.info(request, _("Delegations see the change with the next release."))
        return super().response_change(request, obj)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add to the form of time and room which rooms are free."""
        section = edited_section(request)
        if section is not None and section.name == "time-and-room":
            context["free_rooms"] = self._free_rooms(request, kwargs["obj"], context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)

    def _free_rooms(self, request: HttpRequest, row: Session, form: Any) -> dict[str, Any]:
        """Return the free and the taken rooms, and the conflicts, at the times and in the room of the form.

        The form is the one in the query string or the one that was sent, or else the stored session is meant. Return
        an empty dict for times that can't be read.
        """
        data = request.GET if "starts_at_0" in request.GET else request.POST
        starts_at, ends_at, room = row.starts_at, row.ends_at, row.room
        if "starts_at_0" in data:
            fields = [(name, form.fields[name]) for name in ("starts_at", "ends_at")]
            try:
                starts_at, ends_at = (
                    field.clean(field.widget.value_from_datadict(data, {}, name)) for name, field in fields
                )
                if "room" in data:
                    room = form.fields["room"].clean(data["room"])
            except ValidationError:
                return {}
        if ends_at <= starts_at:
            return {}
        rooms = rooms_at(row.summit, starts_at, ends_at, without=row.pk)
        return {
            "span": span(starts_at, ends_at, row.summit),
            "free": [each for each in rooms if each.taken_by is None],
            "taken": [each for each in rooms if each.taken_by is not None],
            "warnings": warning_rows(if_moved(row, starts_at=starts_at, ends_at=ends_at, room=room), row.summit),
        }

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        """Save nothing, because `save_related` saves the session with its rows.

        The form of a new session is claimed, so that a form submitted twice creates one session.
        """
        if not change:
            form_idempotency.claim(request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the session with all its rows."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        rows = {formset.prefix: formset.planned() for formset in formsets}
        move_pinned = bool(form.cleaned_data.get("move_pinned"))
        planning.store(by=request.user, session=form.instance, rows=rows, move_pinned=move_pinned)
