"""The progress of a long operation, displayed with the same bar and wording on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Progress:
    """How many of `total` steps are done, with a text for people in `words`.

    `left` is the time left in words, or "" if it isn't known. `state` is "" while the operation runs, then "good" or
    "bad".
    """

    done: int
    total: int
    words: str
    left: str = ""
    state: str = ""

    @property
    def finished(self) -> bool:
        """Whether the operation has ended."""
        return self.state != ""

    def as_json(self) -> dict[str, Any]:
        """Return a dict for the page's script: all fields but `state`, and whether the operation has finished."""
        return {
            "done": self.done,
            "total": self.total,
            "words": self.words,
            "left": self.left,
            "finished": self.finished,
        }


def grouped(number: int) -> str:
    """Return a number as text with its thousands separated, such as 2,000, in the active language.

    In Arabic the separator is a comma, as in the page's scripts.
    """
    if (get_language() or "").startswith("ar"):
        return f"{number:,}"
    return number_format(number, decimal_pos=0, force_grouping=True)


def time_left(done: int, total: int, seconds: float) -> str:
    """Return the time left in words, if `done` of `total` took `seconds`; "" if it can't be estimated yet."""
    if done <= 0 or done >= total or seconds < 1:
        return ""
    left = seconds / done * (total - done)
    if left < 5:
        return _("a few seconds left")
    if left < 90:
        rounded = round(left / 5) * 5
        return ngettext("about %(number)d s left", "about %(number)d s left", rounded) % {"number": rounded}
    minutes = round(left / 60)
    return ngettext("about %(number)d min left", "about %(number)d min left", minutes) % {"number": minutes}
