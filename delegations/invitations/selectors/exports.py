"""The export of invitations as a table."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from delegations.core import table_writers
from delegations.core.table_writers import AT_ONCE, ExportedTable
from delegations.invitations import invitable_sessions
from delegations.invitations.invitable_sessions import Occasion
from delegations.invitations.models.invitations import Answer, Invitation
from delegations.parties.models.parties import Level
from delegations.parties.selectors.party_names import NamesBySummit
from summit.summits.models import Summit


def invitations(rows: QuerySet[Invitation]) -> ExportedTable:
    """Return invitations and their answers as a table."""
    called = NamesBySummit()
    found: list[list[str]] = []
    told: list[tuple[int, str]] = []
    listed: dict[Summit, dict[str, Occasion]] = {}
    for row in rows.select_related("party__summit").iterator(chunk_size=AT_ONCE):
        summit = row.party.summit
        if row.occasion and summit not in listed:
            listed[summit] = invitable_sessions.find(summit)
        moments = [table_writers.cell_text("arrives_at", moment, summit) for moment in (row.sent_at, row.answered_at)]
        answer = str(Answer(row.answer).label) if row.answer else ""
        level = str(Level(row.level).label) if row.level else ""
        found.append(
            [
                called.of(row.party, summit),
                _to(row, listed),
                str(row.get_state_display()),
                answer,
                level,
                *moments,
                row.answered_by,
            ]
        )
        told.append((row.party.summit_id, row.public_id))
    head = [
        pgettext("column of a table", "party"),
        pgettext("invitation", "to"),
        _("state"),
        _("answer"),
        _("at the level of"),
        pgettext("invitation", "sent"),
        pgettext("invitation", "answered"),
        _("answered by"),
    ]
    names = ("party", "to", "state", "answer", "level", "sent", "answered", "answered_by")
    return ExportedTable(names, [word[:1].upper() + word[1:] for word in head], found, told, ("answered_by",))


def _to(row: Invitation, listed: dict[Summit, dict[str, Occasion]]) -> str:
    """Return the target of an invitation: the summit, or the title of a session."""
    if not row.occasion:
        return _("the summit")
    found = listed[row.party.summit].get(row.occasion)
    return found.title if found else _("a session that is no longer in the agenda")
