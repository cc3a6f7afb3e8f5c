"""Labels for admin pages that say which readers see a session and each of the session's parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sessions.agenda.selectors import audiences as audiences_selectors
from sessions.agenda.selectors.change_descriptions import SHOWN_PARTS, title_of
from sessions.agenda.selectors.differences import SessionChange
from sessions.draft.models.sessions import Session
from sessions.visibility.models import PARTS, Visibility
from summit.core.punctuation import comma, pair


def who_sees(session: Session) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return a (reader label, parts) pair for each kind of reader.

    `parts` has (part label, visible) pairs, where `visible` says whether these readers see the part. The first pair
    says whether they know that the session takes place.
    """
    labels = [_("that it takes place"), *(str(SHOWN_PARTS[part]) for part in PARTS)]
    return [
        (capfirst(str(each.reader.label)), list(zip(labels, [each.knows, *each.parts.values()], strict=True)))
        for each in audiences_selectors.who_sees(session)
    ]


@dataclass(frozen=True)
class AudienceLine:
    """A session in a preview of a release, with its title and the URL of its admin page.

    `parts` lists the parts that fewer readers see than the session, each with its audience.
    """

    url: str
    title: str
    parts: str


def audiences(changes: Iterable[SessionChange]) -> list[tuple[str, list[AudienceLine]]]:
    """Return a (reader label, sessions) pair for each kind of reader, starting with everybody.

    After the release, these readers know of the sessions, but readers of a lower rank don't.
    """
    return [
        (
            capfirst(str(each.reader.label)),
            [
                AudienceLine(
                    url=reverse("admin:agenda_session_detail", args=[session.session_id]),
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
