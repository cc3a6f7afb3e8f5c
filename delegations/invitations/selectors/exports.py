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
    names_by_summit = NamesBySummit()
    table_rows: list[list[str]] = []
    logged: list[tuple[int, str]] = []
    occasions: dict[Summit, dict[str, Occasion]] = {}
    for row in rows.select_related("party__summit").iterator(chunk_size=AT_ONCE):
        summit = row.party.summit
        if row.occasion and summit not in occasions:
            occasions[summit] = invitable_sessions.find(summit)
        moments = [table_writers.cell_text(moment, summit) for moment in (row.sent_at, row.answered_at)]
        answer = str(Answer(row.answer).label) if row.answer else ""
        level = str(Level(row.level).label) if row.level else ""
        table_rows.append(
            [
                names_by_summit.of(row.party, summit),
                _to(row, occasions),
                str(row.get_state_display()),
                answer,
                level,
                *moments,
                row.answered_by,
            ]
        )
        logged.append((row.party.summit_id, row.public_id))
    headings = [
        pgettext("column of a table", "delegation"),
        pgettext("invitation", "for"),
        _("state"),
        _("answer"),
        _("level"),
        pgettext("invitation", "sent"),
        pgettext("invitation", "answered"),
        _("answered by"),
    ]
    names = ("party", "to", "state", "answer", "level", "sent", "answered", "answered_by")
    return ExportedTable(
        names, [heading[:1].upper() + heading[1:] for heading in headings], table_rows, logged, ("answered_by",)
    )


def _to(row: Invitation, occasions: dict[Summit, dict[str, Occasion]]) -> str:
    """Return the target of an invitation: the summit, or the title of a session."""
    if not row.occasion:
        return _("the summit")
    occasion = occasions[row.party.summit].get(row.occasion)
    return occasion.title if occasion else _("a session no longer in the agenda")
