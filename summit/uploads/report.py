"""What a file would do, row by row: shown before anything is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ODD = "odd"
# What stands for the row in an answer that counts for all questions of a kind: "* enter".
ALL = "*"


class Outcome(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", pgettext_lazy("row", "new")
    CHANGED = "changed", pgettext_lazy("row", "changed")
    SAME = "same", pgettext_lazy("row", "as it is")
    ASKS = "asks", pgettext_lazy("row", "asks")
    REFUSED = "refused", _("refused")


@dataclass
class Question:
    """What only somebody can decide about a row. `key` names it among those of the file, `choices` are what can be
    answered, each with its words. Without an answer `usual` counts, and where that is "" the row is left out."""

    key: str
    text: str
    choices: list[list[str]]
    answer: str = ""
    usual: str = ""

    @property
    def chosen(self) -> str:
        """What counts: the answer, or else what is usual."""
        return self.answer or self.usual


@dataclass
class Line:
    """What becomes of a row: `notes` are sentences, for a refused row why and what to do, for another what is made of
    it that one should look at; `fields` are what changes, in words; `questions` are what somebody has to decide.
    What a row is about each kind of file adds."""

    number: int
    outcome: str = Outcome.SAME.value
    notes: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list, kw_only=True)

    def __post_init__(self) -> None:
        """Take questions as JSON holds them."""
        self.questions = [each if isinstance(each, Question) else Question(**each) for each in self.questions]

    @property
    def odd(self) -> bool:
        """Whether one should look at what is made of it."""
        return bool(self.notes) and self.outcome not in (Outcome.REFUSED, Outcome.ASKS)

    @property
    def word(self) -> str:
        """The outcome in the reader's language."""
        return str(Outcome(self.outcome).label)


AnyLine = TypeVar("AnyLine", bound=Line)


@dataclass
class Report(Generic[AnyLine]):
    """The rows in the file's order. `language` is that of its sentences: whoever looked first read it."""

    LINE: ClassVar[type[Line]] = Line

    lines: list[AnyLine] = field(default_factory=list)
    language: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have which outcome, and how many are odd."""
        found = Counter(line.outcome for line in self.lines)
        return {**{value: found[value] for value in Outcome.values}, ODD: sum(line.odd for line in self.lines)}

    @property
    def writes(self) -> int:
        """How many rows would write something."""
        return self.counts["new"] + self.counts["changed"]

    @property
    def told(self) -> str:
        """The numbers as commands tell them."""
        counts = self.counts
        said = f"{counts['new']} new, {counts['changed']} changed, {counts['same']} as they are, "
        asks = f", {counts['asks']} left out until somebody decides" if counts["asks"] else ""
        return f"{said}{counts['refused']} refused{asks}"

    def takes(self, answers: Mapping[str, str]) -> bool:
        """Return whether all of these can be answered so: a question by its key, or with ALL every one of a kind. ""
        takes an answer back."""
        asked = self.questions
        kinds: dict[str, set[str]] = {}
        for key, each in asked.items():
            kinds.setdefault(f"{ALL} {key.partition(' ')[2]}", set()).update(value for value, _words in each.choices)
        known = {key: {value for value, _words in asked[key].choices} for key in answers if key in asked} | kinds
        return all(key in known and value in {"", *known[key]} for key, value in answers.items())

    @property
    def questions(self) -> dict[str, Question]:
        """The questions by their keys."""
        return {each.key: each for line in self.lines for each in line.questions}

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Read what `as_data` wrote. Earlier reports also hold of each line whether it is odd."""
        lines = [cls.LINE(**{name: line[name] for name in line if name != ODD}) for line in data["lines"]]
        return cls(**{**data, "lines": lines})
