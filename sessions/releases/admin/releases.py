"""Releases in the admin: the list, and the page on which an organiser makes a new one."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.mailboxes import access_log
from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.membership_changes.services import handovers
from sessions.agenda.admin import audiences
from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import change_descriptions, last_changed
from sessions.conflicts.admin import warnings as warnings_admin
from sessions.notifications.messages import agenda_changes
from sessions.notifications.selectors.planned_messages import PlannedMessage
from sessions.releases.admin.changes import board
from sessions.releases.admin.forms import ReleaseForm, RemovalForm
from sessions.releases.admin.release_comparison import HistoryPages
from sessions.releases.services import releases
from sessions.releases.services.removals import Decision, RemovalUndecided
from sessions.visibility.models import Visibility
from summit.admin_base.model_admin import SUMMIT_PATHS, ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import where_may
from summit.admin_base.translated_names import add_languages, texts_of
from summit.core.date_formats import long_day
from summit.core.punctuation import semicolon
from summit.outbox import progress
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.templatetags.moments import short_clock

SUMMIT_PATHS.update({Release: "summit"})
# How many recipients are listed on a page.
TOLD = 50


@admin.register(Release)
class ReleaseAdmin(HistoryPages, ReadOnlyAdmin):
    """Releases with their time and author. They are read-only."""

    place = 2
    list_display = ["number", "summit", "released", "released_by", "note"]
    row_source = RowSource(gettext_lazy("A row is added each time the agenda is released."))
    list_filter = ["summit"]
    list_select_related = ["summit", "released_by"]
    search_fields = ["note"]
    fields = ["summit", "number", "released", "released_by", "note"]
    readonly_fields = ["released"]
    change_list_template = "admin/agenda/release/change_list.html"
    change_form_template = "admin/agenda/release/change_form.html"
    nothing_yet = gettext_lazy("The agenda is not released yet.")

    @admin.display(description=gettext_lazy("released"), ordering="released_at")
    def released(self, row: Release) -> str:
        """Return the time of the release in the venue's time zone, with the zone's name."""
        return short_clock(row.released_at, row.summit)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the releases, with links to the page of the next release for users who may release."""
        context = {"to_release": where_may(request, "agenda.release_agenda"), **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add to the context how many sessions each kind of reader may see, and which release last changed them."""
        release = kwargs.get("obj")
        if isinstance(release, Release):
            labels = dict(Visibility.choices)
            context["ranks"] = [
                {"who": labels[who], "sessions": number, "since": since, "changed": since == release.number}
                for who, number, since in last_changed.by_rank(release)
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    @model_page("<int:pk>/sent/", "sent", "GET")
    def sent_view(self, request: HttpRequest, row: Release) -> HttpResponse:
        """Show the progress of sending a release's messages."""
        key = agenda_changes.subject_key(row)
        return progress.page(
            request,
            rows=Message.objects.filter(kind=agenda_changes.KIND, subject_key=key),
            title=_("Release %(number)d published") % {"number": row.number},
            summit=row.summit,
            query={"q": key},
            back=f"{reverse('admin:agenda_session_changelist')}?summit__id__exact={row.summit_id}",
        )

    @model_page("warnings/<slug:slug>/", "warnings", "GET", see="agenda.session.view")
    def warnings(self, request: HttpRequest, summit: Summit) -> HttpResponse:
        """Show the warnings about a summit's draft to users who may read the draft."""
        return warnings_admin.page(request, summit, {**self.admin_site.each_context(request), "opts": self.opts})

    @model_page("prepare/<slug:slug>/", "prepare", do="agenda.release_agenda")
    def prepare(self, request: HttpRequest, summit: Summit) -> HttpResponse:
        """Show the changes, messages and warnings of the next release; on POST, release it."""
        user = user_of(request)
        languages = mailboxes_selectors.written_languages(summit)
        form = ReleaseForm(request.POST or None)
        add_languages(form, "note", languages)
        if request.method == "POST":
            removals = {key: RemovalForm.of(key, request.POST) for key in request.POST.getlist("leaving")}
            if all([form.is_valid(), *(each.is_valid() for each in removals.values())]):
                decisions = {key: Decision(**each.cleaned_data) for key, each in removals.items()}
                try:
                    values = {name: form.cleaned_data[name] for name in ("note", "tell", "day", "expected")}
                    notes = texts_of(form, "note", languages)
                    release = releases.release(summit=summit, by=user, decisions=decisions, notes=notes, **values)
                except (releases.NothingToRelease, releases.DraftChanged, RemovalUndecided) as refused:
                    messages.warning(request, str(refused))
                else:
                    messages.success(request, _("Release %(number)d published.") % {"number": release.number})
                    return redirect("admin:agenda_release_sent", release.pk)
                return redirect(request.get_full_path())
        context = self._page(request, summit, form)
        boxes = [each.mailbox for each in context["told_page"]]
        access_log.record_mailboxes(by=user, summit=summit, boxes=boxes)
        return TemplateResponse(request, "admin/agenda/releases/prepare.html", context)

    def _page(self, request: HttpRequest, summit: Summit, form: ReleaseForm) -> dict[str, Any]:
        day = warnings_admin.day_of(request.GET.get("day", ""))
        preview = releases.preview(summit=summit, day=day)
        if not form.is_bound:
            form.initial = {**form.initial, "expected": preview.digest, "day": day, "tell": True}
        page: Page[PlannedMessage] = Paginator(preview.planned, TOLD).get_page(request.GET.get("told"))
        old_label = _("No release") if preview.is_first else _("Release %(number)d") % {"number": preview.number - 1}
        new_label = _("Release %(number)d") % {"number": preview.number}
        return {
            **self.admin_site.each_context(request),
            **board(request, summit, preview.changes, was=old_label, becomes=new_label),
            "title": _("Agenda release %(number)d") % {"number": preview.number},
            "opts": self.opts,
            "summit": summit,
            "preview": preview,
            "day": day,
            "days": [(each.isoformat(), long_day(each), each == day) for each in preview.unreleased],
            "warnings": warnings_admin.warning_rows(preview.warnings[: warnings_admin.ON_PAGE], summit),
            "left": _waiting(summit),
            "audiences": audiences.audiences(preview.changes),
            "leaving": [
                (
                    session.key,
                    change_descriptions.title_of(session, None),
                    RemovalForm.of(session.key, request.POST or None),
                )
                for session in preview.leaving
            ],
            "left_out": [(why.label, parties) for why, parties in preview.left_out.items()],
            "left_out_number": sum(map(len, preview.left_out.values())),
            "readers": summit.get_agenda_readers_display(),
            "may_change_readers": allows(request.user, "summit.summit.change", summit),
            "told_page": page,
            "told": _message_rows(list(page), summit),
            "form": form,
        }


def _message_rows(
    planned: list[PlannedMessage], summit: Summit
) -> list[tuple[str, str, str, list[change_descriptions.Story]]]:
    """Return (mailbox's name, names of its people, address, changes in words) for each message. Makes one query."""
    people = Person.objects.in_bulk({key for each in planned for key in each.mailbox.person_ids})
    return [
        (
            each.name,
            semicolon().join(people[key].label for key in sorted(each.mailbox.person_ids) if key in people)
            if each.mailbox.party_id
            else "",
            each.mailbox.address,
            change_descriptions.stories(list(each.changes), summit),
        )
        for each in planned
    ]


def _waiting(summit: Summit) -> str:
    """Return a sentence with the number of items of people who left that wait for protocol; "" if there are none.

    Makes one query.
    """
    number = handovers.count(summit)
    message = ngettext(
        "%(n)d handover is waiting for protocol. It is still released under the old name.",
        "%(n)d handovers are waiting for protocol. They are still released under the old names.",
        number,
    )
    return message % {"n": number} if number else ""
