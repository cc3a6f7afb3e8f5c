"""Who sees which part of a session, as the desk reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sessions.agenda.selectors import audiences as audiences_selectors
from sessions.agenda.selectors.change_descriptions import SHOWN_PARTS, title_of
from sessions.agenda.selectors.differences import Change
from sessions.draft.models.sessions import Session
from sessions.visibility.models import PARTS, Visibility
from summit.templatetags.marks import comma, pair


def who_sees(session: Session) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return, for each sort of reader, whether they know of the session and see each of its parts."""
    labels = [_("that it takes place"), *(str(SHOWN_PARTS[part]) for part in PARTS)]
    return [
        (capfirst(str(each.reader.label)), list(zip(labels, [each.knows, *each.parts.values()], strict=True)))
        for each in audiences_selectors.who_sees(session)
    ]


@dataclass(frozen=True)
class Line:
    """A session of a preview: its address at the desk, its title, and the parts that fewer read, in words."""

    url: str
    title: str
    parts: str


def audiences(changes: Iterable[Change]) -> list[tuple[str, list[Line]]]:
    """Return by sort of reader, those who see least first, which sessions they read once changes are released."""
    return [
        (
            capfirst(str(each.reader.label)),
            [
                Line(
                    url=reverse("admin:agenda_session_change", args=[session.session_id]),
                    title=title_of(session, None),
                    parts=comma().join(
                        pair(str(SHOWN_PARTS[part]), str(Visibility(shown_to).label))
                        for part, shown_to in session.audiences
                    ),
                )
                for session in each.sessions
            ],
        )
        for each in audiences_selectors.audiences(changes)
    ]
