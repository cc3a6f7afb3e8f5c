"""What was a person's own waits, when they leave a party, until protocol passes it on or drops it, item by item.

Nobody takes a place silently: until it is decided, the item stays with whoever held it.
"""

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.members import listeners
from delegations.members.models.members import Membership
from delegations.membership_changes import handover_items
from delegations.membership_changes.models import Handover, HandoverState
from delegations.membership_changes.permissions import check_can_decide_handovers
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.services import By
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

# A decision is final: what was passed on is the taker's own, and waits again when the taker leaves.
TRANSITIONS: dict[str, frozenset[str]] = {
    HandoverState.OPEN: frozenset({HandoverState.PASSED, HandoverState.DROPPED}),
    HandoverState.PASSED: frozenset(),
    HandoverState.DROPPED: frozenset(),
}


class HandoverRefused(Exception):
    """It can't be decided so, with a sentence that says why."""


def waiting(summit: Summit) -> QuerySet[Handover]:
    """Return what waits in a summit, by party and by who held it, with the parties and people."""
    joined = still_open(summit).select_related("party__summit", "giver", "taker")
    return joined.order_by("party__sort_key", "party", "giver", "since", "pk")


def still_open(summit: Summit) -> QuerySet[Handover]:
    """Return the items that wait in a summit."""
    return Handover.objects.filter(party__summit=summit, state=HandoverState.OPEN)


def count(summit: Summit) -> int:
    """Return how many items wait in a summit. One query."""
    return still_open(summit).count()


def told(
    rows: Iterable[Handover], *, summit: Summit, reader: handover_items.Reader
) -> list[tuple[Handover, handover_items.Item]]:
    """Return each with its item as a reader reads of it."""
    found = list(rows)
    keys = [(row.what, row.key) for row in found]
    return list(zip(found, handover_items.items(summit=summit, keys=keys, reader=reader), strict=True))


@listeners.follows(40)
def leave(party: Party, person: Person, by: By) -> None:
    """Let what is the person's own wait. What waits already stays as it is."""
    known = set(Handover.objects.filter(giver=person, state=HandoverState.OPEN).values_list("what", "key"))
    rows = [
        Handover(party=party, giver=person, what=what, key=key)
        for what, key in handover_items.held(person)
        if (what, key) not in known
    ]
    Handover.objects.bulk_create(rows)
    audit.record_many(
        [
            audit.entry(
                by=by,
                action="delegations.handover.open",
                target=row,
                summit=party.summit,
                fields=["giver"],
                detail={"what": row.what},
                part_of=party,
            )
            for row in rows
        ]
    )


@listeners.replaced(10)
def replace(party: Party, gone: Person, taker: Person) -> None:
    """Let what waits go to whoever stands in the place of one who left, also what was to go to that one."""
    waiting = Q(giver=gone) | Q(taker=gone)
    Handover.objects.filter(waiting, party=party, state=HandoverState.OPEN).update(taker=taker)


def pass_on(*, handover: Handover, to: Person, by: User) -> None:
    """Pass an item on to a member of the party. Raises PermissionDenied, or HandoverRefused where it was decided
    before, where nobody holds it so any more, or where `to` is no member."""
    check_can_decide_handovers(by, handover.party.summit)
    with transaction.atomic():
        _lock(handover)
        if not Membership.objects.filter(party=handover.party_id, person=to).exists():
            said = _("%(person)s is not of %(party)s any more. Choose one of its people.")
            raise HandoverRefused(said % {"person": to.label, "party": handover.party.name})
        _move(handover, HandoverState.PASSED, by, taker=to)
        try:
            _kind(handover).pass_on(handover.key, handover.giver, to, by)
        except handover_items.NotHeld:
            said = _("It isn’t %(person)s’s any more: the agenda was changed. Drop it from this list.")
            raise HandoverRefused(said % {"person": handover.giver.label}) from None
        audit.record(
            by=by,
            action="delegations.handover.pass_on",
            target=handover,
            summit=handover.party.summit,
            fields=["state", "taker"],
            detail={"what": handover.what, "person": to.public_id},
            part_of=handover.party,
        )


def drop(*, handover: Handover, by: User) -> None:
    """Drop an item: nobody holds it. Raises PermissionDenied, or HandoverRefused where it was decided before."""
    check_can_decide_handovers(by, handover.party.summit)
    with transaction.atomic():
        _lock(handover)
        _move(handover, HandoverState.DROPPED, by)
        # An item that is gone or somebody else's has nothing left to take off.
        with suppress(handover_items.NotHeld):
            _kind(handover).drop(handover.key, handover.giver, by)
        audit.record(
            by=by,
            action="delegations.handover.drop",
            target=handover,
            summit=handover.party.summit,
            fields=["state"],
            detail={"what": handover.what},
            part_of=handover.party,
        )


def _lock(handover: Handover) -> None:
    """Let whoever decides, releases the agenda or takes somebody off at the same time wait, in this order everywhere:
    the summit, then the party, then the item."""
    Summit.objects.select_for_update().get(pk=handover.party.summit_id)
    Party.objects.select_for_update().get(pk=handover.party_id)


def _kind(handover: Handover) -> handover_items.Kind:
    return handover_items.kinds()[handover.what]


def _move(row: Handover, target: HandoverState, by: User, **values: object) -> None:
    """Decide by the one UPDATE that finds it in a state from which it may; the row is brought up to date."""
    sources = [state for state, following in TRANSITIONS.items() if target in following]
    rows = Handover.objects.filter(pk=row.pk, state__in=sources)
    if not rows.update(state=target, decided_at=Now(), decided_by=by, **values):
        raise HandoverRefused(_("Somebody else decided this. Look at what waits now."))
    row.refresh_from_db(fields=["state", "decided_at", "decided_by", *values])
