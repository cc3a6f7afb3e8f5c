"""New times that wait for consent, in words for the page of the day."""

from dataclasses import dataclass
from datetime import datetime

from sessions.agenda.selectors.release_scopes import continued
from sessions.agenda.selectors.snapshots import Agenda
from sessions.delays.models import Retiming
from summit.core.punctuation import comma, until
from summit.templatetags.moments import clock


@dataclass(frozen=True)
class Proposal:
    """New times that wait for consent: for each session its title, its old and its new time in words.

    A second part has no old time.
    """

    row: Retiming
    lines: list[tuple[str, str, str]]


def proposal(row: Retiming, agenda: Agenda) -> Proposal:
    """Return proposed new times in words. `agenda` is the released agenda, by primary keys."""
    titles = {session.key: session.title for session in agenda.values()}
    lines = [
        (titles.get(each["session"], ""), _span(row, each["before"]), _span(row, each["after"])) for each in row.plan
    ]
    if row.split:
        title = continued(titles.get(row.split["session"], ""), row.summit.language)
        lines.append((title, "", _span(row, row.split["after"])))
    return Proposal(row, lines)


def _span(row: Retiming, values: list[str]) -> str:
    starts_at, ends_at = (clock(datetime.fromisoformat(moment), row.summit) for moment in values[:2])
    room = values[3]
    return comma().join(part for part in (f"{starts_at}{until()}{ends_at}", room) if part)
