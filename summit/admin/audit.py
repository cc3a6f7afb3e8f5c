"""The audit in the admin: to read, in words."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from summit.desk.audit_list import ACCOUNT, AuditForm, Chip, audit_head, narrow, without
from summit.desk.base import ReadOnlyAdmin
from summit.desk.header import summits_of
from summit.desk.history import Slice, by_day, readable
from summit.desk.told import tell
from summit.domain.seen import SEEN
from summit.models import AuditEntry
from summit.permissions import allows


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what."""

    place = 6

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show what was done in the reader's summits, the newest first; with `?show=seen`, who saw personal data."""
        self.admit(request, "view")
        listed = [row for row in summits_of(request) if allows(request.user, "summit.auditentry.view", row)]
        seen = request.GET.get("show") == "seen"
        form = AuditForm(request.GET, listed, seen_alone=seen)
        rows = AuditEntry.objects.filter(action=SEEN) if seen else AuditEntry.objects.exclude(action=SEEN)
        narrowed = narrow(request, readable(rows, request), form, listed)
        found = Slice(narrowed.rows, request.GET)
        lines = tell(found.entries, request.user)
        chips = list(narrowed.chips)
        if narrowed.actor:
            unknown = _("an account") if narrowed.actor.startswith(ACCOUNT) else _("somebody without an account")
            chips.append(Chip(_("Who did it"), lines[0].who if lines else unknown, without(request, "by")))
        context = {
            **self.admin_site.each_context(request),
            "title": _("The audit"),
            "opts": self.opts,
            "heads": [head for head in (function(request) for function in audit_head) if head],
            "form": form,
            "seen": seen,
            "chips": chips,
            "objects": narrowed.found,
            "narrowed": bool(chips or any(form.data.get(name) for name in form.fields)),
            "kept": [(name, request.GET[name]) for name in ("show", "by", "of") if request.GET.get(name)],
            "actors": without(request, "by"),
            "slice": found,
            "days": list(by_day(lines, None)),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/audit/list.html", context)
