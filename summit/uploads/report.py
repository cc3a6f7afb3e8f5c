"""The report on an uploaded file: the outcome for each row, before and after the file is applied."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Generic, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ODD = "odd"
# In the key of an answer to all questions of a kind, such as "* enter", it is in the place of the row's number.
ALL = "*"


class Outcome(models.TextChoices):
    """The outcome for a row."""

    NEW = "new", pgettext_lazy("row", "new")
    CHANGED = "changed", pgettext_lazy("row", "changed")
    SAME = "same", pgettext_lazy("row", "as it is")
    ASKS = "asks", pgettext_lazy("row", "asks")
    REFUSED = "refused", _("refused")


@dataclass
class Question:
    """A question about a row that a person has to decide.

    `key` identifies the question in the file. `choices` are the possible answers, each a value and its label. Without
    an `answer`, the answer `usual` counts. If that is "" too, the row is left out.
    """

    key: str
    text: str
    choices: list[list[str]]
    answer: str = ""
    usual: str = ""

    @property
    def chosen(self) -> str:
        """The answer that counts: the answer of a person, otherwise the usual answer; "" if there is none."""
        return self.answer or self.usual


@dataclass
class ReportLine:
    """The outcome for one row of a file.

    `notes` are sentences. For a refused row they say why and what to do, for another row what a person should check.
    `fields` are the names of the changed fields, and `questions` the questions for a person to decide. Each kind of
    file has a subclass with fields that describe the row.
    """

    number: int
    outcome: str = Outcome.SAME.value
    notes: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list, kw_only=True)

    def __post_init__(self) -> None:
        """Convert questions that are dicts, because they come from JSON, to `Question`."""
        self.questions = [each if isinstance(each, Question) else Question(**each) for each in self.questions]

    @property
    def odd(self) -> bool:
        """Whether a person should check the row: it has notes, but isn't refused and asks nothing."""
        return bool(self.notes) and self.outcome not in (Outcome.REFUSED, Outcome.ASKS)

    @property
    def word(self) -> str:
        """The label of the outcome in the active language."""
        return str(Outcome(self.outcome).label)


AnyLine = TypeVar("AnyLine", bound=ReportLine)


@dataclass
class UploadReport(Generic[AnyLine]):
    """The report on a file, with its rows in the file's order. `language` is the language of its sentences."""

    LINE: ClassVar[type[ReportLine]] = ReportLine

    lines: list[AnyLine] = field(default_factory=list)
    language: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows by outcome, and under "odd" the number of odd rows."""
        numbers = Counter(line.outcome for line in self.lines)
        return {**{value: numbers[value] for value in Outcome.values}, ODD: sum(line.odd for line in self.lines)}

    @property
    def writes(self) -> int:
        """The number of rows that would be added or changed."""
        return self.counts["new"] + self.counts["changed"]

    @property
    def told(self) -> str:
        """The numbers of rows by outcome as an English text, for the output of commands."""
        counts = self.counts
        message = f"{counts['new']} new, {counts['changed']} changed, {counts['same']} as they are, "
        asks = f", {counts['asks']} left out until somebody decides" if counts["asks"] else ""
        return f"{message}{counts['refused']} refused{asks}"

    def takes(self, answers: Mapping[str, str]) -> bool:
        """Return whether all `answers`, a dict from the keys of questions to values, are possible.

        A key that begins with ALL is for all questions of a kind. The value "" withdraws an answer.
        """
        questions = self.questions
        kinds: dict[str, set[str]] = {}
        for key, each in questions.items():
            kinds.setdefault(f"{ALL} {key.partition(' ')[2]}", set()).update(value for value, _words in each.choices)
        known = {
            key: {value for value, _words in questions[key].choices} for key in answers if key in questions
        } | kinds
        return all(key in known and value in {"", *known[key]} for key, value in answers.items())

    @property
    def questions(self) -> dict[str, Question]:
        """The questions by their keys."""
        return {each.key: each for line in self.lines for each in line.questions}

    def as_data(self) -> dict[str, Any]:
        """Return the report as data that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Return the report from the `data` that `as_data` returned.

        Data of older versions also has whether a line is odd, which is ignored.
        """
        lines = [cls.LINE(**{name: line[name] for name in line if name != ODD}) for line in data["lines"]]
        return cls(**{**data, "lines": lines})
