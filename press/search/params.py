"""The query parameters of lists and feeds of the press site. Each combination of filters has one URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import QueryDict

from press.search.tokens import LONGEST_QUERY

# The parameters of filters by a value and by a day. In URLs they have this order, after the words.
NAMES = ("kind", "speaker", "party", "session", "topic", "language")
DAYS = ("since", "until")


@dataclass(frozen=True)
class SearchParams:
    """The search words and filters of a request. It is false if there are none."""

    q: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.q or self.chosen or self.since or self.until)

    @property
    def narrows(self) -> bool:
        """Whether there are filters, not only search words."""
        return bool(self.chosen or self.since or self.until)

    @property
    def parameters(self) -> dict[str, str]:
        """A dict from query parameters to values, in the fixed order of URLs. Empty parameters are left out."""
        days = {name: day.isoformat() for name in DAYS if (day := getattr(self, name))}
        return {**({"q": self.q} if self.q else {}), **{n: self.chosen[n] for n in NAMES if n in self.chosen}, **days}

    def query(self, **beside: str) -> str:
        """Return the query string "?..." with these parameters and those in `beside`, or "" if there are none."""
        query_string = urlencode({**beside, **self.parameters})
        return f"?{query_string}" if query_string else ""

    def without(self, name: str) -> "SearchParams":
        """Return a copy without the parameter `name`."""
        remaining = {key: value for key, value in self.chosen.items() if key != name}
        return SearchParams(
            "" if name == "q" else self.q,
            remaining,
            None if name == "since" else self.since,
            None if name == "until" else self.until,
        )


def parse_params(query: QueryDict) -> SearchParams:
    """Return the search words and filters in a query string. An invalid day is ignored, and long words are cut."""
    chosen = {name: value for name in NAMES if (value := str(query.get(name, "")).strip())}
    since, until = (_day(str(query.get(name, ""))) for name in DAYS)
    return SearchParams(" ".join(str(query.get("q", ""))[:LONGEST_QUERY].split()), chosen, since, until)


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    # Days at the ends of the calendar would overflow in other time zones.
    return day if date.min + timedelta(days=2) < day < date.max - timedelta(days=2) else None
