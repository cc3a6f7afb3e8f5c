"""The admin of the audit: a read-only list of entries, displayed as sentences."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.admin_base.audit_filters import ACCOUNT, AuditForm, Chip, Narrowed, audit_head, narrow, without
from summit.admin_base.history import Slice, by_day, readable
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.row_sources import RowSource
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.rendering import render
from summit.core.punctuation import comma
from summit.permissions.rules import allows


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The list of audit entries: who did what, and when."""

    place = 6
    menu_group = MenuGroup.ACCESS
    menu_label = gettext_lazy("Audit log")
    # The columns of an exported file. The page itself shows sentences, day by day.
    list_display = ["at", "who", "action", "what", "object_name", "changed", "summit"]
    row_source = RowSource(gettext_lazy("Each change is listed here."))
    list_select_related = ["by", "summit"]
    scope_key = "summit"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the audit entries of the user's summits, the newest first.

        With `?show=seen`, show the access log instead: who saw personal data.
        """
        self.admit(request, "view")
        form, narrowed = self._narrowed(request)
        seen = request.GET.get("show") == "seen"
        page = Slice(narrowed.rows, request.GET)
        lines = render(page.entries, request.user)
        chips = list(narrowed.chips)
        if narrowed.actor:
            unknown = _("an account") if narrowed.actor.startswith(ACCOUNT) else _("an anonymous user")
            chips.append(Chip(_("User"), lines[0].who if lines else unknown, without(request, "by")))
        context = {
            **self.admin_site.each_context(request),
            "title": self.menu_label,
            "opts": self.opts,
            "heads": [head for head in (function(request) for function in audit_head) if head],
            "form": form,
            "seen": seen,
            "chips": chips,
            "objects": narrowed.found,
            "narrowed": bool(chips or any(form.data.get(name) for name in form.fields)),
            "kept": [(name, request.GET[name]) for name in ("show", "by", "of") if request.GET.get(name)],
            "actors": without(request, "by"),
            "slice": page,
            "days": list(by_day(lines, chosen_summit(request, summits_of(request)))),
            "export": self.export_address(request) if lines else "",
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/audit/list.html", context)

    def _narrowed(self, request: HttpRequest) -> tuple[AuditForm, Narrowed]:
        summits = [row for row in summits_of(request) if allows(request.user, "summit.auditentry.view", row)]
        seen = request.GET.get("show") == "seen"
        form = AuditForm(request.GET, summits, seen_alone=seen)
        rows = AuditEntry.objects.filter(action=SEEN) if seen else AuditEntry.objects.exclude(action=SEEN)
        return form, narrow(request, readable(rows, request), form, summits)

    def listed_rows(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the entries that the list shows, the newest first."""
        return self._narrowed(request)[1].rows.order_by("-pk")

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Render each entry as a sentence, and store it in the row's attribute `told`."""
        for row, line in zip(rows, render(rows, request.user), strict=True):
            row.told = line

    @admin.display(description=gettext_lazy("user"))
    def who(self, row: Any) -> str:
        """Return the name of the entry's actor."""
        return str(row.told.who)

    @admin.display(description=gettext_lazy("action"))
    def what(self, row: Any) -> str:
        """Return the entry's sentence without its subject."""
        return str(row.told.what)

    @admin.display(description=gettext_lazy("object"))
    def object_name(self, row: Any) -> str:
        """Return the kind and the name of the entry's object."""
        return f"{row.told.row.kind}: {row.told.row.name}" if row.told.row.name else str(row.told.row.kind)

    @admin.display(description=gettext_lazy("changed fields"))
    def changed(self, row: Any) -> str:
        """Return the labels of the changed fields as one text."""
        return comma().join(change.name for change in row.told.changes)
