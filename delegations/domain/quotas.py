"""How many people each party may name in which category, how many it has named, and until when."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.domain.problems import FieldProblem
from delegations.models import Capacity, Category, Membership, Party, PartyKind, Policy, Quota
from summit.audit import services as audit
from summit.core.database_clock import db_now
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

_WITH_ALL = frozenset({Capacity.ADVISER, Capacity.SECURITY, Capacity.INTERPRETER, Capacity.SPOUSE, Capacity.STAFF})
_DELEGATION = _WITH_ALL | {
    Capacity.HEAD,
    Capacity.ALTERNATE,
    Capacity.DELEGATE,
    Capacity.MEDIA,
    Capacity.LIAISON,
}
# In which capacities people come with which kind of party: states have delegates, companies representatives. The
# host has its workforce beside them.
FITTING: dict[str, frozenset[str]] = {
    PartyKind.COUNTRY: _DELEGATION,
    PartyKind.SUBSTATE: _DELEGATION,
    PartyKind.INTERNATIONAL: _DELEGATION | {Capacity.REPRESENTATIVE},
    PartyKind.ORGANISATION: _WITH_ALL | {Capacity.REPRESENTATIVE, Capacity.MEDIA},
    PartyKind.GUEST: _WITH_ALL | {Capacity.GUEST},
}


def fits(category: Category, party: Party) -> bool:
    """Return whether people of a category come with a party of this kind."""
    return category.capacity in FITTING[party.kind] or (party.is_host and category.capacity == Capacity.WORKFORCE)


def open_to(category: Category, party: Party) -> bool:
    """Return whether a focal point of a party may name people in a category."""
    return category.offered and fits(category, party)


class QuotaFull(Exception):
    """A party has named as many as it may, with a sentence that names the quota and who can raise it."""


class QuotaProblem(FieldProblem):
    """A quota can't be set as it is: `field` is "number" or "reason", the text says what to do."""


@dataclass(frozen=True)
class Meter:
    """How far a party has filled a category, or, where `category` is None, its number in all.

    `allowed` is None where there is no limit; `raised` tells that this party has a number of its own. Deadlines are
    the category's, or else the policy's.
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
        """How many more may be named; None where there is no limit."""
        return None if self.allowed is None else max(0, self.allowed - self.named)

    @property
    def label(self) -> str:
        """What is counted, in the reader's language."""
        return _("in all") if self.category is None else str(self.category)

    def check_room(self, more: int = 1) -> None:
        """Raise QuotaFull where that many more would be too many."""
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
            said = ngettext(
                "%(party)s may bring %(allowed)d person in all, and has named %(named)d. The organisers can raise "
                "that number: %(contact)s.",
                "%(party)s may bring %(allowed)d people in all, and has named %(named)d. The organisers can raise "
                "that number: %(contact)s.",
                self.allowed,
            )
        else:
            said = _(
                "The quota of %(party)s for “%(category)s” is %(allowed)d, and it has named %(named)d. The "
                "organisers can raise it: %(contact)s."
            )
        raise QuotaFull(said % facts)


def meters(*, party: Party) -> list[Meter]:
    """Return a party's meters: one for each category that it can use or has used, and, where a total is set, that."""
    return meters_of([party])[party.pk]


def meters_of(parties: Iterable[Party]) -> dict[int, list[Meter]]:
    """Return the meters of parties of one summit by their primary keys. Five queries, whatever their number."""
    rows = list(parties)
    if not rows:
        return {}
    summit = rows[0].summit
    policy, now = Policy.objects.of(summit), db_now()
    categories = sorted(Category.objects.of(summit).values(), key=lambda row: (row.position, row.pk))
    named, unconfirmed = _counted(rows)
    own = {(row.party_id, row.category_id): row.number for row in Quota.objects.filter(party__in=rows)}
    found: dict[int, list[Meter]] = {}
    for party in rows:
        listed = found.setdefault(party.pk, [])
        for category in categories:
            key = (party.pk, category.pk)
            if named[key] or key in own or open_to(category, party):
                name_by = category.name_by or policy.name_by
                meter = Meter(
                    party=party,
                    category=category,
                    named=named[key],
                    allowed=own.get(key, category.quota),
                    raised=key in own,
                    unconfirmed=unconfirmed[key],
                    name_by=name_by,
                    confirm_by=category.confirm_by or policy.confirm_by,
                    closed=name_by is not None and name_by <= now,
                )
                listed.append(meter)
        total = own.get((party.pk, None), policy.total)
        if total is not None:
            listed.append(_in_all(party, listed, total, raised=(party.pk, None) in own))
    return found


def _in_all(party: Party, listed: list[Meter], total: int, *, raised: bool) -> Meter:
    counts = [meter for meter in listed if meter.category is not None and meter.category.counts]
    unconfirmed = sum(meter.unconfirmed for meter in counts)
    return Meter(party, None, sum(meter.named for meter in counts), total, raised=raised, unconfirmed=unconfirmed)


def _counted(parties: list[Party]) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """Return how many are named, and how many of them aren't confirmed, by party and category. One query."""
    named: Counter[tuple[int, int]] = Counter()
    unconfirmed: Counter[tuple[int, int]] = Counter()
    counted = Membership.objects.filter(party__in=parties).order_by().values("party", "category")
    for row in counted.annotate(n=Count("pk"), open=Count("pk", filter=Q(confirmed_at__isnull=True))):
        key = (row["party"], row["category"])
        named[key], unconfirmed[key] = row["n"], row["open"]
    return named, unconfirmed


# Whether a party has more people than it may in some category, can name nobody more in some, or has room.
OVER, FULL, ROOM = "over", "full", "room"


def room(listed: Iterable[Meter]) -> str:
    """Return OVER, FULL or ROOM by a party's meters. What nobody may be named in fills nothing."""
    limited = [(meter.named, meter.allowed) for meter in listed if meter.allowed is not None]
    if any(named > allowed for named, allowed in limited):
        return OVER
    return FULL if any(named >= allowed > 0 for named, allowed in limited) else ROOM


def with_room(summit: Summit, wanted: str) -> list[int]:
    """Return the primary keys of a summit's parties whose `room` is the wanted one. Six queries, whatever its
    size."""
    parties = list(Party.objects.filter(summit=summit).select_related("summit"))
    return [key for key, listed in meters_of(parties).items() if room(listed) == wanted]


def own_numbers(party: Party) -> list[Quota]:
    """Return the numbers that a party has of its own, with who set them. One query."""
    rows = Quota.objects.filter(party=party).select_related("category", "set_by")
    return list(rows.order_by("category__position", "pk"))


def set_quota(*, party: Party, category: Category | None, number: int, reason: str, by: User) -> Quota:
    """Give a party a number of its own, of a category or in all. Fewer than are named is refused: withdraw people
    first. Raises PermissionDenied, QuotaProblem."""
    summit: Summit = party.summit
    check(by, "delegations.raise_quota", summit)
    reason = " ".join(reason.split())
    if not reason:
        raise QuotaProblem("reason", _("Say why this party has another number: it stands in the record."))
    if number < 0 or number > 10_000:
        raise QuotaProblem("number", _("Give a number between 0 and 10,000."))
    with transaction.atomic():
        Party.objects.select_for_update().get(pk=party.pk)
        meter = next((row for row in meters(party=party) if row.category == category), None)
        if meter is not None and number < meter.named:
            said = ngettext(
                "%(n)d is named already. Withdraw that person first, or give a higher number.",
                "%(n)d are named already. Withdraw some of them first, or give a higher number.",
                meter.named,
            )
            raise QuotaProblem("number", said % {"n": meter.named})
        before = meter.allowed if meter is not None else None
        values = {"number": number, "reason": reason, "set_by": by}
        row, _made = Quota.objects.update_or_create(party=party, category=category, defaults=values)
        detail = {"number": number, "before": before, "category": category.code if category else ""}
        audit.record(
            by=by, action="delegations.raise_quota", target=party, summit=summit, fields=["quotas"], detail=detail
        )
    return row


def drop_quota(*, party: Party, category: Category | None, by: User) -> bool:
    """Let the number that all parties have hold for a party again, and return whether it had another. Fewer than are
    named is refused. Raises PermissionDenied, QuotaProblem."""
    check(by, "delegations.raise_quota", party.summit)
    with transaction.atomic():
        Party.objects.select_for_update().get(pk=party.pk)
        row = Quota.objects.filter(party=party, category=category).first()
        if row is None:
            return False
        meter = next((each for each in meters(party=party) if each.category == category), None)
        usual = category.quota if category is not None else Policy.objects.of(party.summit).total
        if meter is not None and usual is not None and usual < meter.named:
            said = _("All others may name %(usual)d, and %(named)d are named here. Withdraw some of them first.")
            raise QuotaProblem("number", said % {"usual": usual, "named": meter.named})
        detail = {"before": row.number, "number": usual, "category": category.code if category else ""}
        audit.record(
            by=by,
            action="delegations.drop_quota",
            target=party,
            summit=party.summit,
            fields=["quotas"],
            detail=detail,
        )
        row.delete()
    return True
