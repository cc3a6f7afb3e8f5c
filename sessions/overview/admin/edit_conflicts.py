"""Two who edit one session at once: the second is shown what the first has changed, and saves on top knowingly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from sessions.documents.services import documents
from sessions.draft.models.sessions import Session
from sessions.draft.services import agenda_lock
from summit.admin_base import edit_conflicts
from summit.admin_base.audit_list import condition_of
from summit.admin_base.edit_conflicts import Change, Shown
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.rendering import Line, tell
from summit.templatetags.moments import day_clock

# The field of the page that carries what it showed.
FIELD = "shown"


@dataclass(frozen=True)
class Told:
    """A change with who made it and when, where the record knows."""

    change: Change
    who: str
    when: str


def facts_of(session: Session) -> dict[str, str]:
    """Return what the page of a session shows and doesn't send, in no language. One query."""
    papers = "; ".join(row.title for row in documents.listed(session))
    return {"cancelled": "yes" if session.cancelled_at else "", "documents": papers}


def _in_words(change: Change) -> Change:
    """Return a change of a fact as one reads it."""
    if change.name == "cancelled":
        was, now = (_("cancelled") if said == "yes" else _("stands") for said in (change.was, change.now))
        return replace(change, label=_("State"), was=was, now=now)
    return replace(change, label=_("Documents")) if change.name == "documents" else change


def newest(session: Session) -> int:
    """Return the newest entry of a session's history."""
    found = AuditEntry.objects.filter(condition_of(session)).order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


class TogetherMixin:
    """Looks, before a session is saved, whether it is what its page showed."""

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """Show the page, or save it: one at a time, so that the second meets what the first has saved."""
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            row: Session = self.admit(request, "change", object_id)  # type: ignore[attr-defined]
            agenda_lock.lock(row.summit)
            # Read anew, now that nobody else writes.
            request.__dict__.pop("desk_rows", None)
            current = self.get_object(request, object_id)  # type: ignore[attr-defined]
            if current is None:
                raise Http404
            self.compare(request, current)
            return super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]

    def compare(self, request: HttpRequest, row: Session) -> None:
        """Where somebody has changed a session since its page was shown, put both changes into what was sent and keep
        what the first has changed for the page, which isn't saved then."""
        before = edit_conflicts.unpacked(request.POST.get(FIELD, ""))
        if before is None:
            return
        form, formsets = self._forms(request, row)
        now = edit_conflicts.shown(form, formsets, facts=facts_of(row), entry=newest(row))
        found = edit_conflicts.both(request.POST, before, now, form, formsets)
        request.POST = found.data  # type: ignore[assignment]
        request.__dict__["desk_shown"] = now
        if found.changes:
            request.__dict__["desk_meanwhile"] = _told(row, before, found.changes)

    def _forms(self, request: HttpRequest, row: Session) -> tuple[Any, list[Any]]:
        """The page's forms as they are before anything is typed into them."""
        mixed: Any = self
        formsets = [
            kind(instance=row, prefix=kind.get_default_prefix(), queryset=inline.get_queryset(request))
            for kind, inline in mixed.get_formsets_with_inlines(request, row)
        ]
        return mixed.get_form(request, row, change=True)(instance=row), formsets

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form, which knows whether somebody was quicker."""
        form: Any = super().get_form(request, obj, change, **kwargs)  # type: ignore[misc]
        late = "desk_meanwhile" in request.__dict__
        return type(form.__name__, (form,), {"meanwhile": True}) if late else form

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Give the page what it carries, and what the first has changed."""
        row = kwargs.get("obj")
        if isinstance(row, Session) and row.pk and self.has_change_permission(request, row):  # type: ignore[attr-defined]
            kept: Shown | None = request.__dict__.get("desk_shown")
            if kept is None:
                form = context["adminform"].form
                if form.is_bound:
                    form, formsets = self._forms(request, row)
                else:
                    formsets = [entry.formset for entry in context["inline_admin_formsets"]]
                kept = edit_conflicts.shown(form, formsets, facts=facts_of(row), entry=newest(row))
            context |= {"shown": kept.packed(), "meanwhile": request.__dict__.get("desk_meanwhile", [])}
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


def _told(row: Session, before: Shown, changes: list[Change]) -> list[Told]:
    """Say who made each change, and when: the newest entry that names its field or its rows, or else the newest."""
    entries = AuditEntry.objects.filter(condition_of(row), pk__gt=before.entry).exclude(action=SEEN).order_by("-pk")
    lines = tell(list(entries.select_related("by", "summit")[:200]))
    by_name: dict[str, Line] = {}
    for each in lines:
        for name in [*each.entry.fields, each.entry.action.rpartition(".")[2]]:
            by_name.setdefault(name, each)
    found = []
    for change in changes:
        line: Line | None = by_name.get(change.name, lines[0] if lines else None)
        when = day_clock(line.entry.at, row.summit) if line else ""
        found.append(Told(_in_words(change), line.who if line else "", when))
    return found
