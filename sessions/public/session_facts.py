"""The line of facts about a session in lists, besides time, place and people."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.models.sessions import MediaAccess
from summit.core.languages import language_name
from summit.core.punctuation import comma


def facts(row: ReleasedSession) -> str:
    """Return a line with interpretation and its booths, media access and documents, in the reader's language."""
    parts = []
    targets = {target: booth for _source, target, booth in row.languages}
    if targets:
        languages = [
            _("%(language)s (booth %(booth)s)") % {"language": language_name(target), "booth": booth}
            if booth
            else language_name(target)
            for target, booth in targets.items()
        ]
        parts.append(_("interpreted into %(languages)s") % {"languages": comma().join(languages)})
    if row.media != MediaAccess.CLOSED:
        parts.append(str(MediaAccess(row.media).label))
    if row.documents:
        number = len(row.documents)
        parts.append(ngettext("%(n)d document", "%(n)d documents", number) % {"n": number})
    return capfirst(comma().join(parts))
