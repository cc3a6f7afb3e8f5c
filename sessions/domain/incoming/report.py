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
    """The events, and the rooms and people that are new."""

    LINE: ClassVar[type[report.Line]] = Line

    rooms: list[str] = field(default_factory=list)
    people: int = 0
