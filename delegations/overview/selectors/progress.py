"""Counts of the answers by day, by level and by continent. The database counts."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Value
from django.db.models.functions import TruncDate

from delegations.invitations.models.invitations import COMING, IN_FORCE, Answer, Invitation, InvitationState
from delegations.parties.models.parties import Level, Party
from delegations.parties.selectors.regions import continent_of
from summit.summits.models import Summit


@dataclass(frozen=True)
class GroupNumbers:
    """How the invited parties of a group have answered. `group` is a group's id from `regions.choices`."""

    group: str
    attending: int
    regrets: int
    open: int

    @property
    def invited(self) -> int:
        """The number of all invited parties."""
        return self.attending + self.regrets + self.open


def by_day(summit: Summit) -> tuple[dict[date, int], dict[date, int]]:
    """Return two dicts by day at the venue: how many invitations were sent, and how many parties answered.

    Makes one query, which returns a row for each day.
    """
    rows = Invitation.objects.filter(party__summit=summit, state__in=IN_FORCE, occasion="").order_by()
    sent = rows.filter(sent_at__isnull=False).annotate(
        day=TruncDate("sent_at", tzinfo=summit.zone), what=Value("sent")
    )
    answered = rows.filter(state=InvitationState.ANSWERED).annotate(
        day=TruncDate("answered_at", tzinfo=summit.zone), what=Value("answered")
    )
    numbers: dict[str, dict[date, int]] = {"sent": {}, "answered": {}}
    columns = ("what", "day")
    querysets = (
        part.values(*columns).annotate(n=Count("pk")).values_list(*columns, "n") for part in (sent, answered)
    )
    for what, day, number in next(querysets).union(next(querysets), all=True):
        numbers[what][day] = number
    return numbers["sent"], numbers["answered"]


@dataclass(frozen=True)
class LevelNumbers:
    """How many parties attend at a level, and how many that were invited at this level haven't answered.

    `level` is "" for parties that attend without stating a level, and for those invited at no level.
    """

    level: str
    coming: int
    open: int


def by_level(summit: Summit) -> list[LevelNumbers]:
    """Return how many parties attend and how many haven't answered at each level, the highest level first.

    Makes two queries, which return a row for each level.
    """
    rows = Invitation.objects.filter(party__summit=summit, occasion="").order_by()
    coming = rows.filter(state=InvitationState.ANSWERED, answer__in=COMING).values_list("level")
    waiting = rows.filter(state=InvitationState.SENT).values_list("party__level")
    coming_numbers, waiting_numbers = (dict(queryset.annotate(n=Count("pk"))) for queryset in (coming, waiting))
    order = [*Level.values, ""]
    return [
        LevelNumbers(level, coming_numbers.get(level, 0), waiting_numbers.get(level, 0))
        for level in order
        if level in {*coming_numbers, *waiting_numbers}
    ]


def by_continent(summit: Summit) -> list[GroupNumbers]:
    """Return how the invited parties of each continent have answered, the largest continent first.

    Parties without a country form a group too. Makes one query, which returns a row for each country.
    """
    invitations = F("invitations__pk")
    answered = Q(invitations__state=InvitationState.ANSWERED)
    rows = (
        Party.objects.filter(summit=summit, invitations__state__in=IN_FORCE, invitations__occasion="")
        .order_by()
        .values("iso_code")
        .annotate(
            attending=Count(invitations, filter=answered & Q(invitations__answer__in=COMING)),
            regrets=Count(invitations, filter=answered & Q(invitations__answer=Answer.REGRETS)),
            open=Count(invitations, filter=Q(invitations__state=InvitationState.SENT)),
        )
    )
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[continent_of(row["iso_code"])].update({name: row[name] for name in ("attending", "regrets", "open")})
    groups = [GroupNumbers(group, n["attending"], n["regrets"], n["open"]) for group, n in counts.items()]
    return sorted(groups, key=lambda row: (-row.invited, row.group))
