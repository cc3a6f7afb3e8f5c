"""What a schedule would do, event by event: shown before anything is written."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

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
    def odd(self) -> bool:
        """Whether one should look at what is made of it."""
        return bool(self.notes) and self.outcome != Outcome.REFUSED

    @property
    def word(self) -> str:
        """The outcome in the reader's language."""
        return str(Outcome(self.outcome).label)


@dataclass
class Report:
    """The events in the file's order, and the rooms and people that are new. `language` is that of its sentences."""

    lines: list[Line] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    people: int = 0
    language: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many events have which outcome, and how many are odd."""
        found = Counter(line.outcome for line in self.lines)
        return {**{value: found[value] for value in Outcome.values}, "odd": sum(line.odd for line in self.lines)}

    @property
    def writes(self) -> int:
        """How many events would write something."""
        return self.counts["new"] + self.counts["changed"]

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Report":
        """Read what `as_data` wrote."""
        return cls(**{**data, "lines": [Line(**line) for line in data["lines"]]})
