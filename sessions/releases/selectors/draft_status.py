"""How the draft of an agenda stands to what was released last: what would change, and what in it can't be right."""

from dataclasses import dataclass

from django.utils.translation import get_language

from sessions.agenda.models.releases import Release
from sessions.agenda.selectors import sequences
from sessions.agenda.selectors.differences import Change, differences
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
    """The draft as it would be released under the next `number`, beside what was released last. `last` is that
    release, None where nothing was released."""

    last: Release | None
    number: int
    old: Agenda
    new: Agenda


@dataclass(frozen=True)
class Standing:
    """How the draft stands to what was released last: both, what differs, and what in the draft can't be right.
    `version` counts the changes of the draft and of what its warnings look at."""

    version: int
    agendas: Agendas
    changes: list[Change]
    warnings: list[Finding]

    @property
    def last(self) -> Release | None:
        """The newest release, None where nothing was released."""
        return self.agendas.last


# By summit and language, each as of a version of the draft: one is some megabytes for five hundred sessions.
_STANDINGS: Memory[Standing] = Memory(6)


def agendas(summit: Summit) -> Agendas:
    """Return a summit's draft beside what was released last, read anew. The number of queries is constant."""
    last = latest(summit)
    old = released(summit, [last.number]).get(last.number, {}) if last else {}
    new = draft(summit)
    highest = sequences.highest(summit, sequences.changed(new, old)) if last else {}
    return Agendas(last, last.number + 1 if last else 1, old, sequences.numbered(new, old, highest))


def standing(summit: Summit) -> Standing:
    """Return how a summit's draft stands to the newest release, in the active language.

    One query where the process has kept it since the draft or what its warnings look at was changed last; else a
    constant number. What is returned is shared and must not be changed.
    """
    # Read before the rest: what changes meanwhile is read anew by whoever asks next.
    version, key = DraftVersion.objects.number(summit), (summit.pk, get_language())
    kept = _STANDINGS.get(key)
    if kept is None or kept.version != version:
        kept = _made(summit, version)
        _STANDINGS.put(key, kept)
    return kept


def _made(summit: Summit, version: int) -> Standing:
    both = agendas(summit)
    return Standing(
        version, both, differences(old=both.old, new=both.new), warnings_selectors.warnings(summit, both.new)
    )
