"""The days of the public agenda as tabs: plain links, which keep the filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from sessions.public.filters import Named


@dataclass(frozen=True)
class DayTab:
    """A tab: its name, its query string, and whether the page shows it."""

    name: str
    query: str
    chosen: bool


def day_tabs(
    days: Sequence[Named], *, chosen: str, kept: Mapping[str, str], others: Mapping[str, str], whole: bool
) -> list[DayTab]:
    """Return the tabs for these days, or an empty list for fewer than two. With `whole`, the first is for all days.

    `chosen` is the day that the page shows, "" for all. `kept` and `others` are parameters of each query string,
    before and after the day.
    """
    if len(days) < 2:
        return []
    choices = [("", _("All days")), *((day, name) for day, name, _language in days)]
    return [
        DayTab(name, _query({**kept, **({"day": day} if day else {}), **others}), day == chosen)
        for day, name in choices
        if day or whole
    ]


def _query(params: Mapping[str, str]) -> str:
    return f"?{urlencode(params)}" if params else "."
