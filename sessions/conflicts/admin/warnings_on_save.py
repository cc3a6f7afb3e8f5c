"""Warnings about clashes in the admin: after a session is saved, on its page, and in the list."""

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.agenda.selectors.change_descriptions import span
from sessions.conflicts.admin.warnings import warning_rows
from sessions.conflicts.selectors.warnings import Finding, near
from sessions.draft.change_guards import Blocked
from sessions.draft.models.sessions import Session
from summit.core.punctuation import comma

# How many warnings are listed one by one after a session is saved.
TOLD = 3


def warn(request: HttpRequest, session: Session) -> None:
    """Add messages with the warnings about a session that has just been saved."""
    findings = near(session.summit, [session]) if session.cancelled_at is None else []
    for finding in findings[:TOLD]:
        messages.warning(request, _sentence(finding, session))
    more = len(findings) - TOLD
    if more > 0:
        message = ngettext(
            "%(n)d more conflict on the session’s page.", "%(n)d more conflicts on the session’s page.", more
        )
        messages.warning(request, message % {"n": more})


def _sentence(finding: Finding, session: Session) -> SafeString:
    """Return a warning as a sentence: what is wrong, whom it concerns, and the other sessions."""
    summit = session.summit
    others = [
        f"“{each.title}” ({span(each.starts_at, each.ends_at, summit)})"
        for each in finding.sessions
        if each.session_id != session.pk
    ]
    details = f"{finding.who} ({finding.detail})" if finding.who and finding.detail else finding.who or finding.detail
    sentence = format_html("{}: {}.", finding.label, details or session.title)
    if not others:
        return sentence
    return format_html("{} {}", sentence, _("Conflicts with %(sessions)s.") % {"sessions": comma().join(others)})


class ClashesMixin:
    """Adds warnings to the list of sessions, to a session's page and to the messages after saving.

    A change that makes a conflict which the summit blocks is refused: its form is rendered again, and says why.
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Render or save the page. If a guard refuses the change, render the form again with its messages."""
        try:
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        except Blocked as refused:
            request.__dict__["desk_blocked"] = tuple(refused.messages)
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form class, with `blocked` set if a guard has refused the change."""
        form: Any = super().get_form(request, obj, change, **kwargs)  # type: ignore[misc]
        blocked = request.__dict__.get("desk_blocked")
        return type(form.__name__, (form,), {"blocked": blocked}) if blocked else form

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Set `warned`, a list of labels, on the page's sessions, if they all belong to one summit."""
        changelist: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        rows = [row for row in changelist.result_list if row.cancelled_at is None]
        if len({row.summit_id for row in rows}) == 1:
            warned: dict[int, list[str]] = {}
            for finding in near(rows[0].summit, rows):
                for session in finding.sessions:
                    warned.setdefault(session.session_id, []).append(finding.label)
            for row in rows:
                row.warned = list(dict.fromkeys(warned.get(row.pk, ())))
        return changelist

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add the warnings about the stored session to the context of its page."""
        row = kwargs.get("obj")
        if isinstance(row, Session) and row.pk and row.cancelled_at is None:
            context["warnings"] = warning_rows(near(row.summit, [row]), row.summit)
            context["here"] = reverse("admin:agenda_session_detail", args=[row.pk])
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def response_add(self, request: HttpRequest, obj: models.Model, *args: Any, **kwargs: Any) -> Any:
        """Add messages with the warnings about a new session."""
        if isinstance(obj, Session):
            warn(request, obj)
        return super().response_add(request, obj, *args, **kwargs)  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: models.Model) -> Any:
        """Add messages with the warnings about a changed session."""
        if isinstance(obj, Session):
            warn(request, obj)
        return super().response_change(request, obj)  # type: ignore[misc]


def warned(row: Session) -> SafeString | str:
    """Return the warnings about a session in the list, each kind once; "" if there are none."""
    labels: list[str] = getattr(row, "warned", [])
    if not labels:
        return ""
    return format_html_join(" ", '<span class="state" data-state="warn">{}</span>', ((label,) for label in labels))
