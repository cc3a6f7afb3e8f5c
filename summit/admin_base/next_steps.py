"""What can be done next with a row, and what is open, as pages and the palette show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NextStep:
    """A button at the top of the page: where it leads, and its label.

    `posts` is a dict with the fields that the button posts, if it does at once what can be undone; None for a link.
    """

    url: str
    label: str
    posts: Mapping[str, Sequence[Any]] | None = None


@dataclass(frozen=True)
class OpenPoint:
    """Something that is missing or waits for a decision: a sentence, and the page on which it is done."""

    sentence: str
    url: str = ""
    late: bool = False
