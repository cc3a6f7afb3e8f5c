"""Keeps the form of a session short: many participants or speeches are edited on pages of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from sessions.draft.admin.inlines import ParticipantInline, SlotInline
from sessions.draft.models.sessions import Session
from summit.admin_base.detail_pages import edited_section

# With more rows than this, the form has a link instead. A row is some 3 KB, and six controls to pass by keyboard.
ROWS_IN_FORM = 3


@dataclass(frozen=True)
class LeftOut:
    """Rows that the form leaves out: a sentence with their number, and the URL of the page that edits them."""

    sentence: str
    url: str


class LongRowsMixin:
    """Leaves rows out of the form of a stored session if there are many. A section's own page has them all."""

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the inlines without those that have many rows.

        A submitted form decides by its rows: it is read as it was rendered, even if rows were added since.
        """
        inlines = super().get_inlines(request, obj)  # type: ignore[misc]
        found = _numbers(request, obj) if self._shortens(request, obj) else {}
        return [each for each in inlines if each not in found]

    def _shortens(self, request: HttpRequest, obj: Any) -> bool:
        may_change: bool = obj is not None and self.has_change_permission(request, obj)  # type: ignore[attr-defined]
        return may_change and edited_section(request) is None

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add to the page's context what was left out."""
        session = kwargs.get("obj")
        if isinstance(session, Session) and session.pk and self._shortens(request, session):
            context["left_out"] = list(_left_out(session, _numbers(request, session)))
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


def _numbers(request: HttpRequest, session: Session) -> dict[type, int]:
    """Return the number of rows of each inline that the form leaves out. Makes two queries, once for each request."""
    cache: dict[int, dict[type, int]] = request.__dict__.setdefault("desk_left_out", {})
    if session.pk not in cache:
        kinds = ((ParticipantInline, "participants"), (SlotInline, "slots"))
        numbers = {inline: (name, getattr(session, name).count()) for inline, name in kinds}
        posted = request.POST if request.method == "POST" else None
        cache[session.pk] = {
            inline: number
            for inline, (name, number) in numbers.items()
            if (number > ROWS_IN_FORM if posted is None else f"{name}-TOTAL_FORMS" not in posted)
        }
    return cache[session.pk]


def _left_out(session: Session, numbers: dict[type, int]) -> Iterator[LeftOut]:
    if ParticipantInline in numbers:
        number = numbers[ParticipantInline]
        sentence = ngettext("%(number)d participant", "%(number)d participants", number) % {"number": number}
        yield LeftOut(sentence, reverse("admin:agenda_session_edit", args=[session.pk, "participants"]))
    if SlotInline in numbers:
        number = numbers[SlotInline]
        sentence = ngettext("%(number)d speech", "%(number)d speeches", number) % {"number": number}
        yield LeftOut(sentence, reverse("admin:agenda_session_speakers", args=[session.pk]))
