"""The working draft in the admin. Times are shown and read in the venue's zone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import HiddenInput, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.domain import occasions
from delegations.models import Party
from delegations.permissions import can_invite
from sessions.admin.filters import ClashFilter, DayFilter, StandingFilter, StartsFilter
from sessions.admin.forms import ParticipantForm, SessionForm
from sessions.domain import edits, places, releases
from sessions.models import Participant, Session, Slot
from sessions.permissions import can_edit, check_can_edit
from summit.dates import long_day, short_day
from summit.desk.base import SUMMIT_PATHS, SummitInline, SummitModelAdmin
from summit.desk.widgets import NOTHING
from summit.domain import audit
from summit.models import Person, Room, Summit, User
from summit.permissions import summits_for
from summit.templatetags.marks import until

SUMMIT_PATHS.update({Session: "summit", Party: "summit"})


def summits_to_edit(request: HttpRequest) -> models.QuerySet[Summit]:
    """Return the summits whose draft the reader may change, newest first."""
    mine = summits_for(request.user, "sessions.session.change")
    return Summit.objects.all() if mine is None else Summit.objects.filter(pk__in=mine)


def _takes_invitations(session: Session) -> bool:
    """Return whether parties can be invited to a session."""
    found = occasions.find(session.summit, [session.public_id]).get(session.public_id)
    return found is not None and found.open


class OfSummitMixin:
    """Offers only parties, people and rooms of the page's summit, each list read once for all rows."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Limit the choices to the summit of the page."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        summit: Summit | None = getattr(request, "desk_summit", None)
        where = {Party: "summit", Person: "summit", Room: "venue__summit"}.get(db_field.related_model)
        if field is None or summit is None or where is None:
            return field
        field.queryset = db_field.related_model.objects.filter(**{where: summit})
        if db_field.related_model is Room:
            field.queryset = field.queryset.select_related("venue")
        lists: dict[type[models.Model], list[tuple[Any, str]]] = request.__dict__.setdefault("desk_choices", {})
        if db_field.related_model not in lists:
            lists[db_field.related_model] = [(row.pk, str(row)) for row in field.queryset]
        field.choices = [("", NOTHING), *lists[db_field.related_model]]
        return field


class ParticipantInline(OfSummitMixin, SummitInline):
    """Who takes part, besides the speakers."""

    model = Participant
    summit_path = "session__summit"
    form = ParticipantForm
    fields = ["position", "role", "party", "person"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Join what names a row."""
        return super().get_queryset(request).select_related("party", "person")


class SlotInline(OfSummitMixin, SummitInline):
    """The speeches, in their order."""

    model = Slot
    summit_path = "session__summit"
    fields = ["position", "speaker", "party", "title", "minutes"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Join what names a row."""
        return super().get_queryset(request).select_related("speaker")


@admin.register(Session)
class SessionAdmin(OfSummitMixin, SummitModelAdmin):
    """Sessions of the draft. Nobody learns of a change here before the next release."""

    place = 1
    form = SessionForm
    fields = ["summit", "title", ("starts_at", "ends_at"), ("room", "kind", "visibility"), "summary"]
    group_column = "day"
    list_display = ["title", "day", "hours", "room", "kind", "visibility", "standing"]
    list_filter = [DayFilter, "summit", "kind", "visibility", StandingFilter, StartsFilter, ClashFilter]
    list_select_related = ["summit", "room"]
    search_fields = ["title", "summary"]
    inlines = [ParticipantInline, SlotInline]
    change_form_template = "admin/programme/session/change_form.html"

    @admin.display(description=gettext_lazy("day"), ordering="starts_at")
    def day(self, row: Session) -> str:
        """Show the day in the venue's zone."""
        return short_day(row.starts_at.astimezone(row.summit.zone))

    def group_of(self, row: Session) -> str:
        """Return the day and the zone of the times beneath it, said once for all of them."""
        day = long_day(row.starts_at.astimezone(row.summit.zone).date())
        return _("%(day)s, %(place)s time") % {"day": day, "place": row.summit.place}

    @admin.display(description=gettext_lazy("time"), ordering="starts_at")
    def hours(self, row: Session) -> str:
        """Show from when to when in the venue's zone, whose name stands above the day."""
        zone = row.summit.zone
        return f"{row.starts_at.astimezone(zone):%H:%M}{until()}{row.ends_at.astimezone(zone):%H:%M}"

    @admin.display(description=gettext_lazy("state"), ordering="cancelled_at")
    def standing(self, row: Session) -> str:
        """Say whether it is cancelled in the draft: that alone has a sign."""
        gone = format_html('<span class="state" data-state="bad">{}</span>', _("cancelled"))
        return gone if row.cancelled_at else _("stands")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say in which zone times are read; keep the summit, which the page has chosen."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        summit: Summit | None = getattr(request, "desk_summit", None)
        if field is not None and summit is not None:
            if db_field.name in ("starts_at", "ends_at"):
                # Pages take what stands below a field for markup.
                said = _("%(place)s time (%(zone)s)") % {"place": summit.place, "zone": summit.time_zone}
                field.help_text = escape(said)
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
        """Show and read the form in the zone of its summit; a new session's summit is `?summit=`, or the newest."""
        session: Session | None = self.admit(request, "add" if object_id is None else "view", object_id)
        if session is None:
            choices = list(summits_to_edit(request))
            wanted = request.GET.get("summit", "")
            summit = next((row for row in choices if row.slug == wanted), choices[0] if choices else None)
            others = [row for row in choices if row != summit]
        else:
            summit, others = session.summit, []
        if summit is None:
            raise Http404
        request.desk_summit = summit  # type: ignore[attr-defined]
        context = {
            "summit": summit,
            "other_summits": others,
            "may_edit": session is not None and can_edit(request.user, session),
            "may_invite": session is not None and _takes_invitations(session) and can_invite(request.user, summit),
            "left": [] if session is None else places.waiting(session),
            **(extra_context or {}),
        }
        with timezone.override(summit.zone):
            response = super().changeform_view(request, object_id, form_url, context)
            if isinstance(response, TemplateResponse):
                response.render()
        return response

    def save_model(self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool) -> None:
        """Save while no release runs, and record which fields changed."""
        assert isinstance(obj, Session)  # noqa: S101 - the form's model
        releases.lock(obj.summit)
        super().save_model(request, obj, form, change)

    def record_rows(self, request: HttpRequest, parent: models.Model, formset: Any, gone: list[models.Model]) -> None:
        """Record that who takes part or the speeches changed: one entry for the session, not one a row."""
        touched = formset.new_objects or formset.changed_objects or gone
        if touched:
            assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
            audit.record(
                by=request.user,
                action=f"sessions.{formset.prefix}",
                target=parent,
                summit=self._summit(parent),
                fields={name for _row, names in formset.changed_objects for name in names},
                detail={
                    "added": len(formset.new_objects),
                    "changed": len(formset.changed_objects),
                    "removed": len(gone),
                },
            )

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that ask before they cancel or reinstate."""
        pages: list[tuple[str, Callable[..., HttpResponse]]] = [
            ("cancel", self.cancel_view),
            ("reinstate", self.reinstate_view),
        ]
        own = [
            path(f"<int:key>/{name}/", self.admin_site.admin_view(view), name=f"programme_session_{name}")
            for name, view in pages
        ]
        return [*own, *super().get_urls()]

    def cancel_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask, then cancel a session in the draft."""
        return self._decide(request, key, reinstates=False)

    def reinstate_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask, then take a cancellation back."""
        return self._decide(request, key, reinstates=True)

    def _decide(self, request: HttpRequest, key: int, *, reinstates: bool) -> HttpResponse:
        session: Session = self.admit(request, "view", key)
        check_can_edit(request.user, session)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        if request.method == "POST":
            if reinstates:
                edits.reinstate(session=session, by=request.user)
                said = _("“%(title)s” stands again in the draft. It is announced with the next release.")
            else:
                edits.cancel(session=session, by=request.user)
                said = _("“%(title)s” is cancelled in the draft. Those who take part are told with the next release.")
            messages.success(request, said % {"title": session.title})
            return redirect("admin:programme_session_change", session.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reinstate session") if reinstates else _("Cancel session"),
            "opts": self.opts,
            "session": session,
            "summit": session.summit,
            "reinstates": reinstates,
            "back": reverse("admin:programme_session_change", args=[session.pk]),
        }
        return TemplateResponse(request, "admin/programme/session/decide.html", context)
