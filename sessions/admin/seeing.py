"""Who sees which part of a session, as the desk reads it."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sessions.domain import seeing
from sessions.domain.wording import SHOWN_PARTS
from sessions.models import Session
from sessions.models.visibility import PARTS


def who_sees(session: Session) -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return, for each sort of reader, whether they know of the session and see each of its parts."""
    labels = [_("that it takes place"), *(str(SHOWN_PARTS[part]) for part in PARTS)]
    return [
        (capfirst(str(each.reader.label)), list(zip(labels, [each.knows, *each.parts.values()], strict=True)))
        for each in seeing.who_sees(session)
    ]
