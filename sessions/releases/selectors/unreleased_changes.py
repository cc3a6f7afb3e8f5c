"""The state of the draft compared to the last release: unreleased changes and warnings."""

from dataclasses import dataclass

from django.utils.translation import get_language

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import sequence_numbers
from sessions.agenda.selectors.differences import SessionChange, differences
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.agenda.selectors.released_snapshots import latest, released
from sessions.agenda.selectors.snapshots import Agenda
from sessions.conflicts.selectors import warnings as warnings_selectors
from sessions.conflicts.selectors.warnings import Finding
from sessions.draft.models.versions import DraftVersion
from summit.core.process_cache import Memory
from summit.summits.models import Summit


@dataclass(frozen=True)
class Agendas:
    """The draft, numbered as the next release, and the agenda of the last release.

    `last` is the last release, or None if nothing has been released. `number` is the number of the next release.
    """

    last: Release | None
    number: int
    old: Agenda
    new: Agenda


@dataclass(frozen=True)
class Standing:
    """The draft compared to the last release: both agendas, their differences, and the warnings about the draft.

    `version` counts the changes of the draft and of all data that its warnings use.
    """

    version: int
    agendas: Agendas
    changes: list[SessionChange]
    warnings: list[Finding]

    @property
    def last(self) -> Release | None:
        """The newest release, or None if nothing has been released."""
        return self.agendas.last


# Cached by summit and language, each for a version of the draft. One entry has some megabytes for 500 sessions.
_STANDINGS: Memory[Standing] = Memory(6)


def agendas(summit: Summit) -> Agendas:
    """Return a summit's draft and its last release, read from the database. Makes a constant number of queries."""
    last = latest(summit)
    old = released(summit, [last.number]).get(last.number, {}) if last else {}
    new = draft(summit)
    highest = sequence_numbers.highest(summit, sequence_numbers.changed(new, old)) if last else {}
    return Agendas(last, last.number + 1 if last else 1, old, sequence_numbers.numbered(new, old, highest))


def version(summit: Summit) -> int:
    """Return a number that changes with the draft, the releases, and how the day runs. Makes one query."""
    return DraftVersion.objects.number(summit)


def standing(summit: Summit) -> Standing:
    """Return a summit's draft compared to the newest release, in the active language.

    Makes one query if the draft and the data of its warnings are unchanged since the process cached the result.
    Otherwise makes a constant number of queries. The result is shared and must not be changed.
    """
    # The version is read first, so that the next caller notices changes made in the meantime.
    number, key = version(summit), (summit.pk, get_language())
    status = _STANDINGS.get(key)
    if status is None or status.version != number:
        status = _compute_status(summit, number)
        _STANDINGS.put(key, status)
    return status


def _compute_status(summit: Summit, number: int) -> Standing:
    compared = agendas(summit)
    return Standing(
        number,
        compared,
        differences(old=compared.old, new=compared.new),
        warnings_selectors.warnings(summit, compared.new),
    )
