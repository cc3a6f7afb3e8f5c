"""Earlier releases in the admin: comparison of two releases, and restoring the draft to a release."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors.differences import differences
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.released_snapshots import released
from sessions.draft.change_guards import Blocked
from sessions.releases.admin.changes import board
from sessions.releases.permissions import can_restore
from sessions.releases.services import restore as restore_services
from sessions.releases.services.releases import DraftChanged
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

DRAFT = "draft"


class HistoryPages(ReadOnlyAdmin):
    """The pages that compare two releases, and restore the draft to a release."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a release, with links to its neighbours and to restoring the draft."""
        row: Release = self.admit(request, "view", object_id)
        context = {"may_restore": can_restore(request.user, row.summit), **(extra_context or {})}
        response: HttpResponse = super().change_view(request, object_id, form_url, context)
        return response

    @model_page("compare/<slug:slug>/", "compare", "GET")
    def compare(self, request: HttpRequest, summit: Summit) -> HttpResponse:
        """Show the differences between two releases, or a release and the draft, side by side."""
        releases = {release.number: release for release in Release.objects.filter(summit=summit)}
        first, second = _chosen(request, max(releases, default=0))
        if None in (first, second) and not allows(request.user, "agenda.session.view", summit):
            raise Http404
        agendas = released(summit, [number for number in (first, second) if number is not None])
        sides = [draft(summit) if number is None else agendas.get(number, {}) for number in (first, second)]
        changes = differences(old=sides[0], new=sides[1])
        older = releases.get(first or 0)
        context = {
            **self.admin_site.each_context(request),
            **board(request, summit, changes, was=_name(first), becomes=_name(second), beside=True),
            "title": _("Compare releases of %(name)s") % {"name": summit.reads_as.short_name},
            "opts": self.opts,
            "summit": summit,
            "states": [(DRAFT, _name(None)), *((str(key), _name(key)) for key in releases)] if releases else [],
            "first": DRAFT if first is None else str(first),
            "second": DRAFT if second is None else str(second),
            "number": len(changes),
            # A session can be restored to the older side only if the draft is the newer side.
            "may_edit": second is None and can_restore(request.user, summit),
            "restore_url": reverse("admin:agenda_release_restore", args=[older.pk]) if older else "",
            "restorable": {change.session.key for change in changes},
        }
        return TemplateResponse(request, "admin/agenda/releases/comparison.html", context)

    @model_page("<int:pk>/restore/", "restore", do="agenda.edit")
    def restore(self, request: HttpRequest, row: Release) -> HttpResponse:
        """Show the changes and losses that restoring the draft would cause; on POST, restore it."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        key = request.GET.get("session", "")
        url = f"{reverse('admin:agenda_release_compare', args=[row.summit.slug])}?from={row.number}&to={DRAFT}"
        if request.method == "POST":
            expected = request.POST.get("expected", "")
            try:
                restored = restore_services.restore(release=row, by=request.user, session_key=key, expected=expected)
            except (restore_services.NothingToRestore, DraftChanged, Blocked) as refused:
                messages.warning(request, str(refused))
                return redirect(request.get_full_path())
            messages.success(request, _done(len(restored.changes), row.number))
            return redirect(url)
        preview = restore_services.preview(release=row, session_key=key)
        new_label = _("Release %(number)d") % {"number": row.number}
        context = {
            **self.admin_site.each_context(request),
            **board(request, row.summit, preview.changes, was=_("Current draft"), becomes=new_label, beside=True),
            "title": _("Restore release %(number)d to the draft") % {"number": row.number},
            "opts": self.opts,
            "summit": row.summit,
            "release": row,
            "number": len(preview.changes),
            "losses": preview.losses,
            "expected": preview.digest,
            "session_key": key,
            "back": url,
        }
        return TemplateResponse(request, "admin/agenda/releases/restore.html", context)


def _chosen(request: HttpRequest, newest: int) -> tuple[int | None, int | None]:
    """Return the two release numbers in the query string, with None for the draft.

    The default for the new side is the draft. The default for the old side is the newest release, or the previous
    release if the new side is a release.
    """
    new_side = request.GET.get("to", DRAFT)
    second = None if new_side == DRAFT else key_of(new_side)
    old_side = request.GET.get("from", "")
    if old_side == DRAFT:
        return None, second
    first = key_of(old_side)
    return (first if first is not None else (newest if second is None else second - 1)), second


def _name(number: int | None) -> str:
    if number is None:
        return _("Draft")
    return _("Release %(number)d") % {"number": number} if number else _("No release")


def _done(number: int, release: int) -> str:
    message = ngettext(
        "%(n)d session restored to the draft from release %(release)d. The next release announces it.",
        "%(n)d sessions restored to the draft from release %(release)d. The next release announces them.",
        number,
    )
    return message % {"n": number, "release": release}
