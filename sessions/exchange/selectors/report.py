"""The report on a schedule import, event by event."""

from dataclasses import dataclass, field
from typing import ClassVar

from summit.uploads import report


@dataclass
class EventLine(report.ReportLine):
    """An event of the report. `values` are the changes to an existing session: field, old value and new value.

    The title is the only text of the event that the report has.
    """

    title: str = ""
    values: list[list[str]] = field(default_factory=list)


@dataclass
class ScheduleReport(report.UploadReport[EventLine]):
    """The report on an import: its events, new rooms, and the number of new people.

    `left` is a dict from a name in the format to the number of its values that aren't imported.
    """

    LINE: ClassVar[type[report.ReportLine]] = EventLine

    rooms: list[str] = field(default_factory=list)
    people: int = 0
    left: dict[str, int] = field(default_factory=dict)

    @property
    def told_left(self) -> str:
        """The names and numbers of the values that aren't imported, such as "logo (3)"; "" if there are none."""
        return ", ".join(f"{name} ({number})" for name, number in self.left.items())
