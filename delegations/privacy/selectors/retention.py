"""The retention times of a summit: when each kind of personal data is purged."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from delegations.privacy.models import USUAL_DAYS, Retention
from summit.summits.models import Summit


@dataclass(frozen=True)
class Times:
    """A summit's retention times: `days` is a dict from (kind of data, category) to a number of days.

    The category is a primary key, or None for everybody. The number is None if the data is kept.
    """

    last_day: date
    days: dict[tuple[str, int | None], int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, summit: Summit) -> "Times":
        """Return the retention times of a summit, with the defaults for kinds of data that it hasn't set. Makes one
        query."""
        stored = Retention.objects.filter(summit=summit).order_by().values_list("what", "category", "days")
        usual: dict[tuple[str, int | None], int | None] = {(what, None): n for what, n in USUAL_DAYS.items()}
        return cls(summit.ends_on, usual | {(what, category): n for what, category, n in stored})

    def goes_on(self, what: str, category: int | None = None) -> date | None:
        """Return the first day on which the data no longer exists, or None if it is kept.

        The purge runs in the night before.
        """
        days = self.days.get((what, category), self.days[what, None])
        return None if days is None else self.last_day + timedelta(days=days + 1)

    def last_day_of(self, what: str, category: int | None = None) -> date | None:
        """Return the last day on which the data exists, or None if it is kept."""
        day = self.goes_on(what, category)
        return None if day is None else day - timedelta(days=1)

    def over(self, what: str, today: date, category: int | None = None) -> bool:
        """Return whether the retention time has ended on the day `today`."""
        day = self.goes_on(what, category)
        return day is not None and day <= today

    def categories(self, what: str) -> list[int]:
        """Return the primary keys of the categories that have their own retention time for a kind of data."""
        return [category for kind, category in self.days if kind == what and category is not None]
