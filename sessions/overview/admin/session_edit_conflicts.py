"""Detection of concurrent edits of a session.

The second editor sees the changes of the first editor, and can then save the changes of both.
"""

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
from summit.admin_base.audit_filters import condition_of
from summit.admin_base.edit_conflicts import FieldChange, FormSnapshot
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.rendering import AuditLine, render
from summit.templatetags.moments import day_clock

# The form field with the state that the page showed.
FIELD = "shown"


@dataclass(frozen=True)
class AttributedChange:
    """A change of the first editor, with the editor's name and the time.

    Both are "" if the audit has no entry for the change.
    """

    change: FieldChange
    who: str
    when: str


def facts_of(session: Session) -> dict[str, str]:
    """Return the facts that a session's page shows outside its form, independent of the language. Makes one query."""
    papers = "; ".join(row.title for row in documents.listed(session))
    return {"cancelled": "yes" if session.cancelled_at else "", "documents": papers}


def _with_labels(change: FieldChange) -> FieldChange:
    """Return a change of a fact (`facts_of`) with label and values in the reader's language; others unchanged."""
    if change.name == "cancelled":
        was, now = (_("cancelled") if value == "yes" else _("scheduled") for value in (change.was, change.now))
        return replace(change, label=_("State"), was=was, now=now)
    return replace(change, label=_("Documents")) if change.name == "documents" else change


def newest(session: Session) -> int:
    """Return the primary key of the newest audit entry of a session, or 0."""
    key = AuditEntry.objects.filter(condition_of(session)).order_by("-pk").values_list("pk", flat=True).first()
    return key or 0


class TogetherMixin:
    """Checks before a session is saved whether it has changed since its page was rendered."""

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """Render or save the page. Saves run one at a time, so the second save sees the changes of the first."""
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            row: Session = self.admit(request, "change", object_id)  # type: ignore[attr-defined]
            agenda_lock.lock(row.summit)
            # Read the session again under the lock.
            request.__dict__.pop("desk_rows", None)
            current = self.get_object(request, object_id)  # type: ignore[attr-defined]
            if current is None:
                raise Http404
            self.compare(request, current)
            return super().changeform_view(request, object_id, *args, **kwargs)  # type: ignore[misc]

    def compare(self, request: HttpRequest, row: Session) -> None:
        """Merge the submitted data with the changes that somebody else has saved since the page was rendered.

        If there are such changes, they are stored on the request, and the page is rendered again instead of saved.
        """
        before = edit_conflicts.unpacked(request.POST.get(FIELD, ""))
        if before is None:
            return
        form, formsets = self._forms(request, row)
        current = edit_conflicts.take_snapshot(form, formsets, facts=facts_of(row), entry=newest(row))
        merged = edit_conflicts.both(request.POST, before, current, form, formsets)
        request.POST = merged.data  # type: ignore[assignment]
        request.__dict__["desk_shown"] = current
        if merged.changes:
            request.__dict__["desk_meanwhile"] = _attributed_changes(row, before, merged.changes)

    def _forms(self, request: HttpRequest, row: Session) -> tuple[Any, list[Any]]:
        """Return the page's form and formsets without submitted data."""
        model_admin: Any = self
        formsets = [
            kind(instance=row, prefix=kind.get_default_prefix(), queryset=inline.get_queryset(request))
            for kind, inline in model_admin.get_formsets_with_inlines(request, row)
        ]
        return model_admin.get_form(request, row, change=True)(instance=row), formsets

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form class, with `meanwhile` set if somebody else has saved the session."""
        form: Any = super().get_form(request, obj, change, **kwargs)  # type: ignore[misc]
        late = "desk_meanwhile" in request.__dict__
        return type(form.__name__, (form,), {"meanwhile": True}) if late else form

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add to the page's context the state of the session, and the changes that another user saved meanwhile."""
        row = kwargs.get("obj")
        if isinstance(row, Session) and row.pk and self.has_change_permission(request, row):  # type: ignore[attr-defined]
            snapshot: FormSnapshot | None = request.__dict__.get("desk_shown")
            if snapshot is None:
                form = context["adminform"].form
                if form.is_bound:
                    form, formsets = self._forms(request, row)
                else:
                    formsets = [entry.formset for entry in context["inline_admin_formsets"]]
                snapshot = edit_conflicts.take_snapshot(form, formsets, facts=facts_of(row), entry=newest(row))
            context |= {"shown": snapshot.packed(), "meanwhile": request.__dict__.get("desk_meanwhile", [])}
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


def _attributed_changes(row: Session, before: FormSnapshot, changes: list[FieldChange]) -> list[AttributedChange]:
    """Return each change with its author and time, from the newest audit entry that names its field or rows.

    If there is none, the newest entry is used.
    """
    entries = AuditEntry.objects.filter(condition_of(row), pk__gt=before.entry).exclude(action=SEEN).order_by("-pk")
    lines = render(list(entries.select_related("by", "summit")[:200]))
    by_name: dict[str, AuditLine] = {}
    for each in lines:
        for name in [*each.entry.fields, each.entry.action.rpartition(".")[2]]:
            by_name.setdefault(name, each)
    found = []
    for change in changes:
        line: AuditLine | None = by_name.get(change.name, lines[0] if lines else None)
        when = day_clock(line.entry.at, row.summit) if line else ""
        found.append(AttributedChange(_with_labels(change), line.who if line else "", when))
    return found
