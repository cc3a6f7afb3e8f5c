"""How many people each party may name by category, how many it has named, and the deadlines."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.members.models.categories import Capacity, Category
from delegations.members.models.members import Membership
from delegations.members.models.quotas import Quota
from delegations.parties.models.parties import Party, PartyKind
from delegations.parties.models.policy import Policy
from summit.core.database_clock import db_now
from summit.summits.models import Summit

_WITH_ALL = frozenset({Capacity.ADVISER, Capacity.SECURITY, Capacity.INTERPRETER, Capacity.SPOUSE, Capacity.STAFF})
_DELEGATION = _WITH_ALL | {
    Capacity.HEAD,
    Capacity.ALTERNATE,
    Capacity.DELEGATE,
    Capacity.MEDIA,
    Capacity.LIAISON,
}
# The capacities of people by kind of party: states have delegates, companies have representatives. The host's party
# also has its workforce.
FITTING: dict[str, frozenset[str]] = {
    PartyKind.COUNTRY: _DELEGATION,
    PartyKind.SUBSTATE: _DELEGATION,
    PartyKind.INTERNATIONAL: _DELEGATION | {Capacity.REPRESENTATIVE},
    PartyKind.ORGANISATION: _WITH_ALL | {Capacity.REPRESENTATIVE, Capacity.MEDIA},
    PartyKind.GUEST: _WITH_ALL | {Capacity.GUEST},
}


def fits(category: Category, party: Party) -> bool:
    """Return whether a category fits a party, because of the party's kind or because it is the host."""
    return category.capacity in FITTING[party.kind] or (party.is_host and category.capacity == Capacity.WORKFORCE)


def open_to(category: Category, party: Party) -> bool:
    """Return whether a focal point of a party may name people in a category."""
    return category.offered and fits(category, party)


class QuotaFull(Exception):
    """A party has named as many people as it may. The message names the quota and says who can raise it."""


@dataclass(frozen=True)
class Meter:
    """How many people a party has named and may name in a category, or in total if `category` is None.

    `allowed` is None if there is no limit. `raised` is True if the party has its own quota. The deadlines are the
    category's, or else the policy's. `closed` is True after the naming deadline.
    """

    party: Party
    category: Category | None
    named: int
    allowed: int | None
    raised: bool = False
    unconfirmed: int = 0
    name_by: datetime | None = None
    confirm_by: datetime | None = None
    closed: bool = False

    @property
    def left(self) -> int | None:
        """How many more people can be named, or None if there is no limit."""
        return None if self.allowed is None else max(0, self.allowed - self.named)

    @property
    def label(self) -> str:
        """The name of the category or of the total, in the reader's language."""
        return _("total") if self.category is None else str(self.category)

    def check_room(self, more: int = 1) -> None:
        """Raise QuotaFull if the party may not name `more` further people."""
        if self.allowed is None or self.named + more <= self.allowed:
            return
        facts = {
            "party": self.party.name,
            "category": self.label,
            "allowed": self.allowed,
            "named": self.named,
            "contact": self.party.summit.contact_email,
        }
        if self.category is None:
            message = ngettext(
                "%(party)s can name %(allowed)d person in total and has named %(named)d. The organisers can raise "
                "the limit: %(contact)s.",
                "%(party)s can name %(allowed)d people in total and has named %(named)d. The organisers can raise "
                "the limit: %(contact)s.",
                self.allowed,
            )
        else:
            message = _(
                "The quota of %(party)s for “%(category)s” is %(allowed)d, and %(named)d are named. The organisers "
                "can raise the quota: %(contact)s."
            )
        raise QuotaFull(message % facts)


def meters(*, party: Party) -> list[Meter]:
    """Return a party's meters.

    There is a meter for each category in which the party can name people, has members or has its own quota. If the
    total is limited, a meter for it comes last.
    """
    return meters_of([party])[party.pk]


def meters_of(parties: Iterable[Party]) -> dict[int, list[Meter]]:
    """Return a dict from the parties' primary keys to their meters. The parties must be of one summit.

    Makes five queries, whatever the number of parties.
    """
    rows = list(parties)
    if not rows:
        return {}
    summit = rows[0].summit
    policy, now = Policy.objects.of(summit), db_now()
    categories = sorted(Category.objects.of(summit).values(), key=lambda row: (row.position, row.pk))
    named, unconfirmed = _counted(rows)
    own_quotas = {(row.party_id, row.category_id): row.number for row in Quota.objects.filter(party__in=rows)}
    meters_by_party: dict[int, list[Meter]] = {}
    for party in rows:
        party_meters = meters_by_party.setdefault(party.pk, [])
        for category in categories:
            key = (party.pk, category.pk)
            if named[key] or key in own_quotas or open_to(category, party):
                name_by = category.name_by or policy.name_by
                meter = Meter(
                    party=party,
                    category=category,
                    named=named[key],
                    allowed=own_quotas.get(key, category.quota),
                    raised=key in own_quotas,
                    unconfirmed=unconfirmed[key],
                    name_by=name_by,
                    confirm_by=category.confirm_by or policy.confirm_by,
                    closed=name_by is not None and name_by <= now,
                )
                party_meters.append(meter)
        total = own_quotas.get((party.pk, None), policy.total)
        if total is not None:
            party_meters.append(_in_all(party, party_meters, total, raised=(party.pk, None) in own_quotas))
    return meters_by_party


def _in_all(party: Party, party_meters: list[Meter], total: int, *, raised: bool) -> Meter:
    counts = [meter for meter in party_meters if meter.category is not None and meter.category.counts]
    unconfirmed = sum(meter.unconfirmed for meter in counts)
    return Meter(party, None, sum(meter.named for meter in counts), total, raised=raised, unconfirmed=unconfirmed)


def _counted(parties: list[Party]) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """Return the numbers of members and of unconfirmed members, both by party and category. Makes one query."""
    named: Counter[tuple[int, int]] = Counter()
    unconfirmed: Counter[tuple[int, int]] = Counter()
    memberships = Membership.objects.filter(party__in=parties).order_by().values("party", "category")
    for row in memberships.annotate(n=Count("pk"), open=Count("pk", filter=Q(confirmed_at__isnull=True))):
        key = (row["party"], row["category"])
        named[key], unconfirmed[key] = row["n"], row["open"]
    return named, unconfirmed


def places_in_categories(listed: Iterable[Meter]) -> int:
    """Return how many places a party has in all categories that have a limit and count towards the total."""
    counted = (row for row in listed if row.category is not None and row.category.counts)
    return sum(row.allowed for row in counted if row.allowed is not None)


def additional_places(summit: Summit) -> int:
    """Return how many places the own quotas of a summit's parties have beyond the defaults. Makes two queries.

    A party's additional places in the total, and in the categories that count towards it, are for the same people:
    the larger number counts.
    """
    total = Policy.objects.of(summit).total
    in_total: Counter[int] = Counter()
    in_counted: Counter[int] = Counter()
    others = 0
    for row in Quota.objects.filter(party__summit=summit).select_related("category"):
        usual = total if row.category is None else row.category.quota
        more = 0 if usual is None else max(0, row.number - usual)
        if row.category is None:
            in_total[row.party_id] += more
        elif row.category.counts:
            in_counted[row.party_id] += more
        else:
            others += more
    return others + (in_total | in_counted).total()


# The party has named too many in some category, is full in some, or has room in all of them.
OVER, FULL, ROOM = "over", "full", "room"


def room(listed: Iterable[Meter]) -> str:
    """Return OVER, FULL or ROOM for a party's meters.

    A category in which nobody may be named doesn't count as full.
    """
    limited = [(meter.named, meter.allowed) for meter in listed if meter.allowed is not None]
    if any(named > allowed for named, allowed in limited):
        return OVER
    return FULL if any(named >= allowed > 0 for named, allowed in limited) else ROOM


def with_room(summit: Summit, wanted: str) -> list[int]:
    """Return the primary keys of a summit's parties for which `room` returns `wanted`.

    Makes six queries, whatever the number of parties.
    """
    parties = list(Party.objects.filter(summit=summit).select_related("summit"))
    return [key for key, party_meters in meters_of(parties).items() if room(party_meters) == wanted]


def own_numbers(party: Party) -> list[Quota]:
    """Return a party's own quotas with the users who set them. Makes one query."""
    rows = Quota.objects.filter(party=party).select_related("category", "set_by")
    return list(rows.order_by("category__position", "pk"))
