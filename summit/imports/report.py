"""The report on a file: what becomes, or became, of each of its entries. All channels show the same report."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ODD = "odd"
# In the key of an answer to all questions of a kind, such as "* enter", it is in the place of the entry's number.
ALL = "*"


class Outcome(models.TextChoices):
    """The outcome for an entry."""

    NEW = "new", pgettext_lazy("row", "new")
    CHANGED = "changed", pgettext_lazy("row", "changed")
    SAME = "same", pgettext_lazy("row", "unchanged")
    ASKS = "asks", pgettext_lazy("row", "question")
    REFUSED = "refused", _("refused")


@dataclass
class Question:
    """A question about an entry that a person has to decide.

    `key` identifies the question in the file. `choices` are the possible answers, each a value and its label. Without
    an `answer`, the answer `usual` counts. If that is "" too, the entry is left out.
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
    """The outcome for one entry of a file: a row of a table, an event of a schedule, a speech of an archive.

    `number` is the entry's place in the file. `name` says what the entry is about, and `part_of` to what it belongs,
    such as the party of a person. `notes` are sentences: for a refused entry they say why and what to do, for another
    entry what a person should check. `fields` are the labels of the changed fields, and `changes` has (label, old
    value, new value) for those whose values the report may show. `questions` are for a person to decide.
    """

    number: int
    outcome: str = Outcome.SAME.value
    name: str = ""
    part_of: str = ""
    notes: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    changes: list[list[str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Convert questions that are dicts, because they come from JSON, to `Question`."""
        self.questions = [each if isinstance(each, Question) else Question(**each) for each in self.questions]

    @property
    def odd(self) -> bool:
        """Whether a person should check the entry: it has notes, but isn't refused and asks nothing."""
        return bool(self.notes) and self.outcome not in (Outcome.REFUSED, Outcome.ASKS)

    @property
    def label(self) -> str:
        """The label of the outcome in the active language."""
        return str(Outcome(self.outcome).label)


@dataclass
class ImportReport:
    """The report on a file, with its entries in the file's order.

    `language` is the language of its sentences. `facts` is about the whole file, by names that the kind of file
    defines (`ImportDefinition.notices` makes sentences of them): lists of texts, numbers, or numbers by name.
    `problem` is the sentence on why a worker could not preview or import the file, "" if it could.
    """

    lines: list[ReportLine] = field(default_factory=list)
    language: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """The number of entries by outcome, and under "odd" the number of odd entries."""
        numbers = Counter(line.outcome for line in self.lines)
        return {**{value: numbers[value] for value in Outcome.values}, ODD: sum(line.odd for line in self.lines)}

    @property
    def writes(self) -> int:
        """The number of entries that would be added or changed."""
        return self.counts["new"] + self.counts["changed"]

    @property
    def summary(self) -> str:
        """The numbers of entries by outcome as an English text, for the output of commands."""
        counts = self.counts
        asks = f", {counts['asks']} left out until somebody decides" if counts["asks"] else ""
        return (
            f"{counts['new']} new, {counts['changed']} changed, {counts['same']} unchanged, "
            f"{counts['refused']} refused{asks}"
        )

    def accepts(self, answers: Mapping[str, str]) -> bool:
        """Return whether all `answers`, a dict from the keys of questions to values, are possible.

        A key that begins with ALL is for all questions of a kind. The value "" withdraws an answer.
        """
        questions = self.questions
        kinds: dict[str, set[str]] = {}
        for key, each in questions.items():
            kinds.setdefault(f"{ALL} {key.partition(' ')[2]}", set()).update(value for value, _label in each.choices)
        known = {
            key: {value for value, _label in questions[key].choices} for key in answers if key in questions
        } | kinds
        return all(key in known and value in {"", *known[key]} for key, value in answers.items())

    @property
    def questions(self) -> dict[str, Question]:
        """The questions by their keys."""
        return {each.key: each for line in self.lines for each in line.questions}

    def add(self, later: "ImportReport") -> None:
        """Add the report on a later step of the same import: its lines, and its facts to the facts."""
        self.lines += later.lines
        for name, value in later.facts.items():
            known = self.facts.get(name)
            if isinstance(value, list):
                self.facts[name] = list(dict.fromkeys([*(known or []), *value]))
            elif isinstance(value, int):
                self.facts[name] = (known or 0) + value
            else:
                self.facts[name] = value

    def as_data(self) -> dict[str, Any]:
        """Return the report as data that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Return the report from the `data` that `as_data` returned."""
        return cls(**{**data, "lines": [ReportLine(**line) for line in data["lines"]]})
