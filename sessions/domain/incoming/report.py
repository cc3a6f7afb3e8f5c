"""What a schedule would do, event by event: shown before anything is written."""

from collections import Counter
from dataclasses import dataclass, field

from delegations.domain.incoming.report import Outcome

__all__ = ["Line", "Outcome", "Report"]


@dataclass
class Line:
    """What becomes of an event: `fields` change, by their labels; `notes` are sentences, for a refused event why, for
    another what is made of it that one should look at."""

    number: int
    title: str = ""
    outcome: str = Outcome.SAME.value
    fields: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The outcome in the reader's language."""
        return str(Outcome(self.outcome).label)


@dataclass
class Report:
    """The events in the file's order, and the rooms and people that are new."""

    lines: list[Line] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    people: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many events have which outcome."""
        found = Counter(line.outcome for line in self.lines)
        return {value: found[value] for value in Outcome.values}
