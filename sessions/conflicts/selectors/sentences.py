"""Conflicts as sentences in plain text."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from sessions.agenda.selectors.change_descriptions import span
from sessions.conflicts.selectors.warnings import Finding
from summit.core.punctuation import comma
from summit.summits.models import Summit


def sentence(finding: Finding, summit: Summit, about: Collection[int] = ()) -> str:
    """Return a conflict as a sentence: what is wrong, whom it concerns, and the sessions.

    `about` are the primary keys of sessions that the reader has before them: they aren't named.
    """
    who = f"{finding.who} ({finding.detail})" if finding.who and finding.detail else finding.who or finding.detail
    others = [
        f"“{session.title}” ({span(session.starts_at, session.ends_at, summit)})"
        for session in finding.sessions
        if session.session_id not in about
    ]
    text = f"{finding.label}: {who or finding.sessions[0].title}."
    return f"{text} {_('Conflicts with %(sessions)s.') % {'sessions': comma().join(others)}}" if others else text
