"""What can be done next with a row, and what is open, as pages and the palette show it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NextStep:
    """A button at the top of the page: where it leads, and its label."""

    url: str
    label: str


@dataclass(frozen=True)
class OpenPoint:
    """Something that is missing or waits for a decision: a sentence, and the page on which it is done."""

    sentence: str
    url: str = ""
    late: bool = False
