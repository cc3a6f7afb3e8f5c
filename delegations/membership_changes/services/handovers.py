"""Handovers: when a person leaves a party, protocol decides on each of their items, to pass it on or to drop it.

Until then, the item stays with the person who left: nobody gets it automatically.
"""

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.membership_changes import handover_items
from delegations.membership_changes.models import Handover, HandoverState
from delegations.membership_changes.permissions import check_can_decide_handovers
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.services import By
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

# A decision is final. If the person who got the item leaves too, a new handover is opened.
TRANSITIONS: dict[str, frozenset[str]] = {
    HandoverState.OPEN: frozenset({HandoverState.PASSED, HandoverState.DROPPED}),
    HandoverState.PASSED: frozenset(),
    HandoverState.DROPPED: frozenset(),
}


def _passed_on(facts: Facts) -> str:
    taker = facts.named("summit.person")
    return _("passed on a handover to %(person)s") % {"person": taker[0]} if taker else _("passed on a handover")


OPEN = audit_action("delegations.handover.open", gettext_lazy("left a handover for protocol to decide"))
PASS_ON = audit_action("delegations.handover.pass_on", _passed_on, label=gettext_lazy("passed on a handover"))
DROP = audit_action("delegations.handover.drop", gettext_lazy("discarded a handover"))


class HandoverRefused(Exception):
    """The decision isn't possible. The message says why."""


def waiting(summit: Summit) -> QuerySet[Handover]:
    """Return a summit's open handovers with their parties and people, ordered by party and by the person who left."""
    joined = still_open(summit).select_related("party__summit", "giver", "taker")
    return joined.order_by("party__sort_key", "party", "giver", "since", "pk")


def still_open(summit: Summit) -> QuerySet[Handover]:
    """Return a summit's open handovers."""
    return Handover.objects.filter(party__summit=summit, state=HandoverState.OPEN)


def count(summit: Summit) -> int:
    """Return the number of open handovers in a summit. Makes one query."""
    return still_open(summit).count()


def with_items(
    rows: Iterable[Handover], *, summit: Summit, reader: handover_items.Reader
) -> list[tuple[Handover, handover_items.HandoverItem]]:
    """Return each handover with its item, as (handover, item). The items have titles for `reader`."""
    handovers = list(rows)
    keys = [(row.what, row.key) for row in handovers]
    return list(zip(handovers, handover_items.items(summit=summit, keys=keys, reader=reader), strict=True))


def _close_again(party: Party, person: Person, by: User) -> int:
    """Delete the open handovers of a member whose withdrawal is undone: the items are still theirs."""
    return Handover.objects.filter(party=party, giver=person, state=HandoverState.OPEN).delete()[0]


@departure_listeners.follows(
    40,
    "handovers",
    lambda n: ngettext("%(n)d handover", "%(n)d handovers", n) % {"n": n},
    restore=_close_again,
    final=False,
)
def open_handovers_of_former_member(party: Party, person: Person, by: By) -> int:
    """Open a handover for each item of a person who leaves a party. Handovers that are open already aren't opened
    again."""
    open_keys = set(Handover.objects.filter(giver=person, state=HandoverState.OPEN).values_list("what", "key"))
    rows = [
        Handover(party=party, giver=person, what=what, key=key)
        for what, key in handover_items.held(person)
        if (what, key) not in open_keys
    ]
    Handover.objects.bulk_create(rows)
    audit.record_many(
        [
            audit.entry(
                by=by,
                action=OPEN,
                target=row,
                summit=party.summit,
                fields=["giver"],
                detail={"what": row.what},
                part_of=party,
            )
            for row in rows
        ]
    )
    return len(rows)


@departure_listeners.replaced(10)
def replace(party: Party, gone: Person, taker: Person) -> None:
    """Propose the new member as the taker of open handovers.

    These are the open handovers of the person who left, and those for which that person was proposed.
    """
    waiting = Q(giver=gone) | Q(taker=gone)
    Handover.objects.filter(waiting, party=party, state=HandoverState.OPEN).update(taker=taker)


def pass_on(*, handover: Handover, to: Person, by: User) -> None:
    """Pass an item on to a member of the party.

    Raises PermissionDenied. Raises HandoverRefused if the handover is decided already, if the giver no longer holds
    the item, or if `to` is no member of the party.
    """
    check_can_decide_handovers(by, handover.party.summit)
    with transaction.atomic():
        _lock(handover)
        if not Membership.objects.filter(party=handover.party_id, person=to).exists():
            message = _("%(person)s is no longer in %(party)s. Choose another member.")
            raise HandoverRefused(message % {"person": to.label, "party": handover.party.name})
        _move(handover, HandoverState.PASSED, by, taker=to)
        try:
            _kind(handover).pass_on(handover.key, handover.giver, to, by)
        except handover_items.ItemNotHeld:
            message = _("The agenda has changed and %(person)s no longer has this. Discard the handover.")
            raise HandoverRefused(message % {"person": handover.giver.label}) from None
        audit.record(
            by=by,
            action=PASS_ON,
            target=handover,
            summit=handover.party.summit,
            fields=["state", "taker"],
            detail={"what": handover.what, "person": to.public_id, "rows": [audit.name_of(to)]},
            part_of=handover.party,
        )


def discard(*, handover: Handover, by: User) -> None:
    """Drop an item, so that nobody holds it.

    Raises PermissionDenied, and HandoverRefused if the handover is decided already.
    """
    check_can_decide_handovers(by, handover.party.summit)
    with transaction.atomic():
        _lock(handover)
        _move(handover, HandoverState.DROPPED, by)
        # If the item no longer exists or belongs to somebody else, nothing needs to change.
        with suppress(handover_items.ItemNotHeld):
            _kind(handover).drop(handover.key, handover.giver, by)
        audit.record(
            by=by,
            action=DROP,
            target=handover,
            summit=handover.party.summit,
            fields=["state"],
            detail={"what": handover.what},
            part_of=handover.party,
        )


def _lock(handover: Handover) -> None:
    """Lock the summit, and then the party.

    Other decisions, releases of the agenda and withdrawals wait. Locks are taken in this order everywhere: the
    summit, then the party, then the item.
    """
    Summit.objects.select_for_update().get(pk=handover.party.summit_id)
    Party.objects.select_for_update().get(pk=handover.party_id)


def _kind(handover: Handover) -> handover_items.HandoverKind:
    return handover_items.kinds()[handover.what]


def _move(row: Handover, target: HandoverState, by: User, **values: object) -> None:
    """Store a decision and refresh the row. Raises HandoverRefused if the handover is decided already.

    A single UPDATE checks the state and changes it.
    """
    sources = [state for state, following in TRANSITIONS.items() if target in following]
    rows = Handover.objects.filter(pk=row.pk, state__in=sources)
    if not rows.update(state=target, decided_at=Now(), decided_by=by, **values):
        raise HandoverRefused(_("Someone else has already decided this handover. Reload the list."))
    row.refresh_from_db(fields=["state", "decided_at", "decided_by", *values])
