"""What a table would do, row by row: shown before anything is written."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Outcome(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", pgettext_lazy("row", "new")
    CHANGED = "changed", pgettext_lazy("row", "changed")
    SAME = "same", pgettext_lazy("row", "as it is")
    REFUSED = "refused", _("refused")


@dataclass
class Line:
    """What becomes of a row of the file: `notes` are sentences, for a refused row why and what to do, for an odd one
    what is made of it; `fields` are what changes, in the reader's words."""

    number: int
    party: str = ""
    person: str = ""
    outcome: str = Outcome.SAME.value
    odd: bool = False
    notes: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The outcome in the reader's language."""
        return str(Outcome(self.outcome).label)


@dataclass
class Report:
    """The rows, and what of the file is not used: columns that nobody knows, that are there twice, and that whoever
    imports may not fill. `language` is that of its sentences: whoever looked first read it."""

    lines: list[Line] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
    language: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have which outcome, and how many are odd."""
        found = Counter(line.outcome for line in self.lines)
        return {**{value: found[value] for value in Outcome.values}, "odd": sum(line.odd for line in self.lines)}

    @property
    def writes(self) -> int:
        """How many rows would write something."""
        return self.counts["new"] + self.counts["changed"]

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Report":
        """Read what `as_data` wrote."""
        lines = [Line(**line) for line in data["lines"]]
        return cls(lines, data["unknown"], data["twice"], data["barred"], data.get("language", ""))
