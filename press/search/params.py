"""What an address of the press site's lists and feeds asks for: one choice has one address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import QueryDict

from press.search.tokens import LONGEST_QUERY

# The parameters that name a value, and the days, in the order in which they stand in an address, after the words.
NAMES = ("kind", "speaker", "party", "session", "topic", "language")
DAYS = ("since", "until")


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    q: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.q or self.chosen or self.since or self.until)

    @property
    def narrows(self) -> bool:
        """Whether something is asked for besides words."""
        return bool(self.chosen or self.since or self.until)

    @property
    def parameters(self) -> dict[str, str]:
        """What asks for the same, in the one order."""
        days = {name: day.isoformat() for name in DAYS if (day := getattr(self, name))}
        return {**({"q": self.q} if self.q else {}), **{n: self.chosen[n] for n in NAMES if n in self.chosen}, **days}

    def query(self, **beside: str) -> str:
        """Return "?..." with this and what stands beside it; "" for nothing."""
        found = urlencode({**beside, **self.parameters})
        return f"?{found}" if found else ""

    def without(self, name: str) -> "Asked":
        """Return this without one of its parameters."""
        left = {key: value for key, value in self.chosen.items() if key != name}
        return Asked(
            "" if name == "q" else self.q,
            left,
            None if name == "since" else self.since,
            None if name == "until" else self.until,
        )


def asked(query: QueryDict) -> Asked:
    """Return what an address asks for; a day that is none isn't asked for."""
    chosen = {name: value for name in NAMES if (value := str(query.get(name, "")).strip())}
    since, until = (_day(str(query.get(name, ""))) for name in DAYS)
    return Asked(" ".join(str(query.get("q", ""))[:LONGEST_QUERY].split()), chosen, since, until)


def _day(value: str) -> date | None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    # Days that no zone's moment can stand for.
    return found if date.min + timedelta(days=2) < found < date.max - timedelta(days=2) else None
