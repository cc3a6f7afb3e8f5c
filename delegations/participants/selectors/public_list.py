"""The delegations that the public may read of: those that have accepted and didn't object, from the host's moment on.

A delegation's head and its size are public only if it agrees. People count and are named once they are confirmed.
Security and others who come beside a delegation are never counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from delegations.invitations.selectors.taking_part import has_accepted
from delegations.members.models.categories import BESIDE, Capacity
from delegations.members.models.members import Membership
from delegations.parties.models.parties import (
    LISTED_WITH_HEAD,
    LISTED_WITH_SIZE,
    Party,
    PartyKind,
    PublicListing,
)
from delegations.parties.models.policy import Policy
from delegations.parties.selectors.party_names import Book, NamedParty
from summit.people.models import Person, announced
from summit.public_base.page_version import clock_value
from summit.summits.models import Summit


@clock_value(20)
def shown_since() -> Subquery:
    """Return a subquery for the moment from which a summit's list of delegations is public, once it has passed."""
    return Subquery(
        Policy.objects.filter(summit=OuterRef("pk"), parties_public_at__lte=Now()).values("parties_public_at")
    )


def public_list(summit: Summit) -> QuerySet[Party]:
    """Return the parties in the public list of a summit's delegations.

    The host takes part without an invitation. A single guest is never listed.
    """
    shown = Policy.objects.filter(summit=OuterRef("summit"), parties_public_at__lte=Now())
    rows = Party.objects.filter(Exists(shown), pk__in=has_accepted().values("pk"), summit=summit)
    return rows.exclude(kind=PartyKind.GUEST).exclude(public_listing=PublicListing.NONE)


@dataclass(frozen=True)
class Consented:
    """What a party agrees to make public: the head, and the number of its people. Each is None without consent."""

    head: Person | None = None
    size: int | None = None

    @property
    def head_label(self) -> str:
        """The head's name and office in one line, or ""."""
        return announced(self.head.name, self.head.office) if self.head else ""


def consented(parties: QuerySet[Party]) -> dict[int, Consented]:
    """Return a dict from primary key to what each of these parties agrees to make public.

    `parties` are parties of the public list. Makes two queries.
    """
    confirmed = Membership.objects.filter(confirmed_at__isnull=False, person__erased_at=None).order_by()
    with_head = parties.filter(public_listing__in=LISTED_WITH_HEAD).order_by().values("pk")
    heads = confirmed.filter(party__in=with_head, capacity=Capacity.HEAD).select_related("person")
    by_party: dict[int, Person] = {row.party_id: row.person for row in heads}
    with_size = parties.filter(public_listing__in=LISTED_WITH_SIZE).order_by().values("pk")
    counted = confirmed.filter(party__in=with_size).exclude(capacity__in=BESIDE)
    sizes = dict(counted.values_list("party").annotate(Count("pk")))
    return {key: Consented(by_party.get(key), sizes.get(key)) for key in by_party.keys() | sizes.keys()}


@dataclass(frozen=True)
class ListedParty:
    """A party in the public list, as a page names it."""

    named: NamedParty
    is_host: bool
    consented: Consented


def groups(summit: Summit, names: Book) -> tuple[list[ListedParty], list[ListedParty]]:
    """Return the public list as (delegations, invited organisations), each by alphabet. Makes three queries, or one
    if nothing is listed.

    `names` are the names of the summit's parties in the reader's language.
    """
    parties = public_list(summit)
    rows = list(parties.order_by().only("pk", "kind", "is_host"))
    if not rows:
        return [], []
    known = consented(parties)
    delegations: list[ListedParty] = []
    organisations: list[ListedParty] = []
    for party in rows:
        named = names.of(party)
        if named is not None:
            line = ListedParty(named, party.is_host, known.get(party.pk, Consented()))
            (delegations if party.is_delegation else organisations).append(line)
    return _sorted(delegations), _sorted(organisations)


def _sorted(lines: Iterable[ListedParty]) -> list[ListedParty]:
    return sorted(lines, key=lambda line: line.named.alphabetical)
