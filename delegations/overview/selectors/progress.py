"""Counts of the answers by day, by level and by continent. The database counts."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Value
from django.db.models.functions import TruncDate

from delegations.invitations.models.invitations import COMING, Answer, Invitation, InvitationState
from delegations.parties.models.parties import Level, Party
from delegations.parties.selectors.regions import continent_of
from summit.summits.models import Summit

_STANDING = [InvitationState.SENT, InvitationState.ANSWERED]


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
    rows = Invitation.objects.filter(party__summit=summit, state__in=_STANDING, occasion="").order_by()
    sent = rows.annotate(day=TruncDate("sent_at", tzinfo=summit.zone), what=Value("sent"))
    answered = rows.filter(state=InvitationState.ANSWERED).annotate(
        day=TruncDate("answered_at", tzinfo=summit.zone), what=Value("answered")
    )
    found: dict[str, dict[date, int]] = {"sent": {}, "answered": {}}
    columns = ("what", "day")
    both = (part.values(*columns).annotate(n=Count("pk")).values_list(*columns, "n") for part in (sent, answered))
    for what, day, number in next(both).union(next(both), all=True):
        found[what][day] = number
    return found["sent"], found["answered"]


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
    had, left = (dict(found.annotate(n=Count("pk"))) for found in (coming, waiting))
    order = [*Level.values, ""]
    return [LevelNumbers(level, had.get(level, 0), left.get(level, 0)) for level in order if level in {*had, *left}]


def by_continent(summit: Summit) -> list[GroupNumbers]:
    """Return how the invited parties of each continent have answered, the largest continent first.

    Parties without a country form a group too. Makes one query, which returns a row for each country.
    """
    theirs = F("invitations__pk")
    stands = Q(invitations__state=InvitationState.ANSWERED)
    rows = (
        Party.objects.filter(summit=summit, invitations__state__in=_STANDING, invitations__occasion="")
        .order_by()
        .values("iso_code")
        .annotate(
            attending=Count(theirs, filter=stands & Q(invitations__answer__in=COMING)),
            regrets=Count(theirs, filter=stands & Q(invitations__answer=Answer.REGRETS)),
            open=Count(theirs, filter=Q(invitations__state=InvitationState.SENT)),
        )
    )
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[continent_of(row["iso_code"])].update({name: row[name] for name in ("attending", "regrets", "open")})
    counted = [GroupNumbers(group, n["attending"], n["regrets"], n["open"]) for group, n in found.items()]
    return sorted(counted, key=lambda row: (-row.invited, row.group))
