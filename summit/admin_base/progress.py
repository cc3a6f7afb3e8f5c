"""The progress of what takes long, wherever it is counted: the same bar and the same words on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Progress:
    """How much is done of how much, in words; `left` says for how long still, "" where nobody knows. `state` is ""
    while it goes on, then "good" or "bad"."""

    done: int
    total: int
    words: str
    left: str = ""
    state: str = ""

    @property
    def finished(self) -> bool:
        """Whether it has come to an end."""
        return self.state != ""

    def as_json(self) -> dict[str, Any]:
        """Return what the script on the page shows."""
        return {
            "done": self.done,
            "total": self.total,
            "words": self.words,
            "left": self.left,
            "finished": self.finished,
        }


def grouped(number: int) -> str:
    """Return a number as it is read: 2,000. Arabic pages have the comma that their scripts write too."""
    if (get_language() or "").startswith("ar"):
        return f"{number:,}"
    return number_format(number, decimal_pos=0, force_grouping=True)


def time_left(done: int, total: int, seconds: float) -> str:
    """Say how long the rest takes, after `seconds` for what is done; "" where that can't be told yet."""
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
