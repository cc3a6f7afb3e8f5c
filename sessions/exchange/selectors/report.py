"""What a schedule would do, event by event."""

from dataclasses import dataclass, field
from typing import ClassVar

from summit.uploads import report


@dataclass
class Line(report.Line):
    """An event. What a schedule says of it in words of its own is its title; `values` are what changes of a session
    that is there: the field, what it was and what it becomes."""

    title: str = ""
    values: list[list[str]] = field(default_factory=list)


@dataclass
class Report(report.Report[Line]):
    """The events, the rooms and people that are new, and what of the events isn't kept: by the format's names, how
    often."""

    LINE: ClassVar[type[report.Line]] = Line

    rooms: list[str] = field(default_factory=list)
    people: int = 0
    left: dict[str, int] = field(default_factory=dict)

    @property
    def told_left(self) -> str:
        """What isn't kept, as the format calls it; empty where there is nothing."""
        return ", ".join(f"{name} ({number})" for name, number in self.left.items())
