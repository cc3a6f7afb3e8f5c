"""Transferable passes: how many a party has, and who carries each.

A party gets `passes` passes for each full group of `people` people that it has named, and `most` at most. The party's
passes are rows, which are adjusted whenever its people change. When the party shrinks, passes that nobody carries are
deleted first. A pass that somebody carries is never taken away silently: it counts as over the limit until it is
given back.

A party's row is locked while its passes change hands. If two people hand on the same pass, only one succeeds.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.badges.models.transferable_passes import TransferablePass, TransferablePassRule
from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.members.permissions import check_can_act
from delegations.parties.models.parties import Party
from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.models import AuditEntry
from summit.audit.services import By
from summit.people.models import Person
from summit.summits.models import Summit

HAND = "delegations.hand_transferable_pass"


def _counted_words(facts: Facts) -> str:
    numbers = {"before": int(facts.detail.get("before", 0)), "now": int(facts.detail.get("now", 0))}
    return _("adjusted the number of transferable passes from %(before)d to %(now)d") % numbers


COUNT = audit_action(
    "delegations.transferablepass.count",
    _counted_words,
    label=gettext_lazy("adjusted the number of transferable passes"),
)


def _handed_out(facts: Facts) -> str:
    people = facts.named("summit.person")
    if not people:
        return _("handed out a transferable pass")
    return _("handed out a transferable pass to %(person)s") % {"person": people[0]}


def _taken_back(facts: Facts) -> str:
    people = facts.named("summit.person")
    if not people:
        return _("took back a transferable pass")
    return _("took back a transferable pass from %(person)s") % {"person": people[0]}


def _handed_over(facts: Facts) -> str:
    people = facts.named("summit.person")
    if len(people) < 2:
        return _("handed over a transferable pass")
    message = _("handed over a transferable pass from %(previous)s to %(person)s")
    return message % {"previous": people[0], "person": people[1]}


HAND_ACTION = audit_action(
    "delegations.transferablepass.hand", _handed_out, label=gettext_lazy("handed out a transferable pass")
)
TAKE_BACK = audit_action(
    "delegations.transferablepass.take_back", _taken_back, label=gettext_lazy("took back a transferable pass")
)
PASS_ON = audit_action(
    "delegations.transferablepass.pass_on", _handed_over, label=gettext_lazy("handed over a transferable pass")
)


class TransferablePassRefused(Exception):
    """Raised if a pass can't change hands in this way. The message is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Share:
    """A party's passes of one kind, and how many it may have."""

    rule: TransferablePassRule
    allowed: int
    passes: list[TransferablePass] = field(default_factory=list)

    @property
    def carried(self) -> int:
        """The number of passes that somebody carries."""
        return sum(row.holder_id is not None for row in self.passes)

    @property
    def over(self) -> int:
        """The number of passes beyond what the party may have. All of them are carried."""
        return max(0, len(self.passes) - self.allowed)

    def said(self) -> str:
        """Return the rule as a phrase: how many passes a party gets for how many people."""
        rule = self.rule
        people = ngettext("for %(n)d person", "for every %(n)d people", rule.people) % {"n": rule.people}
        facts = {"passes": rule.passes, "people": people, "most": rule.most}
        if rule.most is None:
            return _("%(passes)d %(people)s") % facts
        return _("%(passes)d %(people)s, %(most)d at most") % facts


def allowed(rule: TransferablePassRule, people: int) -> int:
    """Return how many passes of a kind a party with this number of people gets.

    It gets `rule.passes` for each full group of `rule.people`, and at most `rule.most`.
    """
    number = people // rule.people * rule.passes
    return number if rule.most is None else min(number, rule.most)


def shares(party: Party) -> list[Share]:
    """Return a Share for each kind of pass in the party's summit. Makes three queries."""
    rules = list(TransferablePassRule.objects.filter(summit=party.summit_id))
    people = Membership.objects.filter(party=party).count()
    rows = TransferablePass.objects.filter(party=party).select_related("holder__person").order_by("number")
    share_by_rule = {rule.pk: Share(rule, allowed(rule, people)) for rule in rules}
    for row in rows:
        share_by_rule[row.rule_id].passes.append(row)
    return list(share_by_rule.values())


def settle_party(*, party: Party, by: By) -> None:
    """Adjust a party's passes to its number of people, in the transaction that changed the people.

    The caller must have locked the party. Makes one query if the summit has no transferable passes.
    """
    _settle([party], by)


def settle_summit(*, summit: Summit, by: By) -> None:
    """Adjust the passes of all parties of a summit, after a kind of pass was added or changed.

    The number of queries doesn't grow with the parties.
    """
    with transaction.atomic():
        _settle(list(Party.objects.select_for_update().filter(summit=summit).order_by("pk")), by)


def settle_parties(*, keys: Collection[int], by: By) -> None:
    """Adjust the passes of the parties with these primary keys. The number of queries doesn't grow with the
    parties."""
    with transaction.atomic():
        _settle(list(Party.objects.select_for_update().filter(pk__in=keys).order_by("pk")), by)


def _settle(parties: list[Party], by: By) -> None:
    by_summit: dict[int, list[TransferablePassRule]] = {}
    for rule in TransferablePassRule.objects.filter(summit__in={party.summit_id for party in parties}):
        by_summit.setdefault(rule.summit_id, []).append(rule)
    if not by_summit:
        return
    keys = [party.pk for party in parties]
    member_counts = Membership.objects.filter(party__in=keys).order_by().values("party").annotate(n=Count("pk"))
    numbers = dict(member_counts.values_list("party", "n"))
    existing: dict[tuple[int, int], list[TransferablePass]] = {}
    for row in TransferablePass.objects.filter(party__in=keys).order_by("number"):
        existing.setdefault((row.party_id, row.rule_id), []).append(row)
    new_passes: list[TransferablePass] = []
    removed_keys: list[int] = []
    entries: list[AuditEntry] = []
    summits = Summit.objects.in_bulk(list(by_summit))
    for party in parties:
        for rule in by_summit.get(party.summit_id, []):
            own_passes = existing.get((party.pk, rule.pk), [])
            added, removed = _difference(party, rule, own_passes, allowed(rule, numbers.get(party.pk, 0)))
            new_passes += added
            removed_keys += removed
            if added or removed:
                change = (len(own_passes), len(own_passes) + len(added) - len(removed))
                entries.append(_counted(party, summits[party.summit_id], rule, change, by))
    TransferablePass.objects.filter(pk__in=removed_keys).delete()
    TransferablePass.objects.bulk_create(new_passes)
    audit.record_many(entries)


def _difference(
    party: Party, rule: TransferablePassRule, own_passes: list[TransferablePass], target: int
) -> tuple[list[TransferablePass], list[int]]:
    """Return the passes to create, with the lowest free numbers, and the primary keys of those to delete."""
    used_numbers = {row.number for row in own_passes}
    missing = max(0, target - len(own_passes))
    free = [number for number in range(1, target + len(used_numbers) + 1) if number not in used_numbers][:missing]
    unheld = sorted((row for row in own_passes if row.holder_id is None), key=lambda row: row.number, reverse=True)
    over = max(0, len(own_passes) - target)
    return [TransferablePass(rule=rule, party=party, number=number) for number in free], [
        row.pk for row in unheld[:over]
    ]


def _counted(party: Party, summit: Summit, rule: TransferablePassRule, change: tuple[int, int], by: By) -> AuditEntry:
    return audit.entry(
        by=by,
        action=COUNT,
        target=party,
        summit=summit,
        fields=["transferable_passes"],
        detail={"rule": rule.public_id, "before": change[0], "now": change[1]},
    )


def pass_on(*, transferable_pass: TransferablePass, seen: Person | None, taker: Person | None, by: By) -> None:
    """Hand a pass from the member who carries it to another member of the party, in one step.

    `seen` is the person who carried it when `by` decided, or None for nobody. `taker` is None if the pass is taken
    back. Raises PermissionDenied, and TransferablePassRefused if nothing would change, if `seen` no longer carries
    the pass, or if `taker` can't carry it.
    """
    party = transferable_pass.party
    check_can_act(by, HAND, party)
    with transaction.atomic():
        Party.objects.select_for_update().get(pk=party.pk)
        member = _member(transferable_pass, taker) if taker is not None else None
        if seen == taker:
            raise TransferablePassRefused(_("This person already has the pass. Choose someone else."))
        previous_holder = Membership.objects.filter(party=party, person=seen).first() if seen else None
        if (seen is not None and previous_holder is None) or not _move(transferable_pass, previous_holder, member):
            raise TransferablePassRefused(_("The pass has just changed hands. Check who has it now."))
        _record(transferable_pass, seen, taker, by)
        # A pass beyond the party's number is deleted when it is taken back.
        _settle([party], by)


def _member(transferable_pass: TransferablePass, taker: Person) -> Membership:
    row = Membership.objects.filter(party=transferable_pass.party_id, person=taker).first()
    facts = {"person": taker.label, "party": transferable_pass.party.name, "rule": transferable_pass.rule}
    if row is None:
        raise TransferablePassRefused(
            _("%(person)s is no longer in %(party)s. See the delegation’s list of people.") % facts
        )
    carried = TransferablePass.objects.filter(rule=transferable_pass.rule_id, holder=row).exclude(
        pk=transferable_pass.pk
    )
    if carried.exists():
        message = _("%(person)s already has a pass of type “%(rule)s”. Choose someone else.")
        raise TransferablePassRefused(message % facts)
    return row


def _move(transferable_pass: TransferablePass, before: Membership | None, member: Membership | None) -> bool:
    """Set the holder by one UPDATE, and return whether the pass was still carried by `before`."""
    held: dict[str, Any] = {"holder": before} if before else {"holder__isnull": True}
    if not TransferablePass.objects.filter(pk=transferable_pass.pk, **held).update(holder=member, since=Now()):
        return False
    transferable_pass.holder = member
    return True


def _record(transferable_pass: TransferablePass, seen: Person | None, taker: Person | None, by: By) -> None:
    detail: dict[str, Any] = {"before": seen.public_id if seen else None, "now": taker.public_id if taker else None}
    detail["rows"] = [audit.name_of(person) for person in (seen, taker) if person]
    common: dict[str, Any] = {
        "by": by,
        "target": transferable_pass,
        "summit": transferable_pass.party.summit,
        "fields": ["holder"],
    }
    if taker is None:
        audit.record(action=TAKE_BACK, detail=detail, part_of=transferable_pass.party, **common)
    elif seen is None:
        audit.record(action=HAND_ACTION, detail=detail, part_of=transferable_pass.party, **common)
    else:
        audit.record(action=PASS_ON, detail=detail, part_of=transferable_pass.party, **common)


@departure_listeners.counted(10)
def count(party: Party, by: By) -> None:
    """Adjust the passes of a party after its members changed."""
    settle_party(party=party, by=by)


@departure_listeners.follows(
    20,
    "transferable_passes",
    lambda n: ngettext("%(n)d transferable pass", "%(n)d transferable passes", n) % {"n": n},
)
def withdraw_passes_of_former_member(party: Party, person: Person, by: By) -> int:
    """Take back the passes of a person who leaves a party."""
    taken_back = 0
    member = Membership.objects.filter(party=party, person=person).first()
    rows = TransferablePass.objects.filter(party=party, holder=member).select_related("rule", "party__summit")
    for row in rows if member is not None else ():
        if _move(row, member, None):
            _record(row, person, None, by)
            taken_back += 1
    return taken_back
