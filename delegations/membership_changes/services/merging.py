"""Merging two entries of one person, so that everything that refers to the removed entry refers to the kept one.

A merge is one transaction. Each app registers what happens to its rows (`moves`). A test checks that no model with a
reference to a person is left out.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.badges.models.badges import Badge
from delegations.badges.selectors.badges import MERGED
from delegations.badges.services import transferable_passes
from delegations.focal_points.models import FocalPointRequest
from delegations.invitations.models.invitations import InvitationLink
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.members.person_field_groups import PARTICULARS, PERSON
from delegations.members.services import passport_digests
from delegations.membership_changes.models import Handover
from delegations.parties.models.parties import ExternalId, Party
from delegations.parties.selectors import party_names
from delegations.portal_access.models import PortalSession, PortalSubject
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.core.registry import Registry
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.rules import check
from summit.users.models import User

CHANGE = "delegations.duplicatecandidate.change"
# The name of a removed entry that can't be deleted, because a released agenda refers to it.
HUSK = "–"
MERGE = audit_action("delegations.merge", gettext_lazy("merged two records of this person"))


class MergeRefused(Exception):
    """Two entries can't be merged as they are. The message says what to do first."""


# Called with the kept and the removed person. Makes the removed person's rows refer to the kept person, and returns
# how many rows changed.
Move = Callable[[Person, Person], int]
_moves: Registry[Move] = Registry()
moves = _moves.register
# Locks rows that refer to the removed person, before the people are locked. Taking a place in a session locks the
# session first and then the person, so the order must be the same here.
Hold = Callable[[Person, Person], None]
_holds: Registry[Hold] = Registry()
holds = _holds.register


def stops(kept: Person, gone: Person) -> str:
    """Return why two people can't be merged and what to do first, or "" if they can be merged.

    Makes at most two queries.
    """
    names = {"one": kept.label, "other": gone.label}
    if kept.pk == gone.pk or kept.summit_id != gone.summit_id:
        return _("Choose two people in the same summit.")
    if kept.erased_at is not None or gone.erased_at is not None:
        return _("The data of one of them was erased, so there is nothing to merge.")
    if kept.user_id is not None and gone.user_id is not None:
        return _("%(one)s and %(other)s both have accounts. Remove one account first.") % names
    rows = list(Membership.objects.filter(person__in=[kept.pk, gone.pk]))
    if len({row.party_id for row in rows}) > 1:
        named_parties = party_names.to_readers(row.party_id for row in rows)
        parties = {row.person_id: named_parties[row.party_id].name for row in rows}
        message = _("They belong to two delegations: %(first)s and %(second)s. Withdraw one of them first.")
        return message % {"first": parties[kept.pk], "second": parties[gone.pk]}
    return ""


def merge(*, kept: Person, gone: Person, by: User) -> dict[str, int]:
    """Merge two people, and return a dict from kind to the number of rows that were moved.

    `kept` keeps its data, and missing data is taken from `gone`. Afterwards, all rows that referred to `gone` refer
    to `kept`, and `gone` is deleted. Raises PermissionDenied, MergeRefused.
    """
    check(by, CHANGE, kept.summit_id)
    check(by, CHANGE, gone.summit_id)
    with transaction.atomic():
        # Naming, withdrawing and other merges wait for these locks, which are always taken in the same order.
        party_keys = Membership.objects.filter(person__in=[kept.pk, gone.pk]).values("party")
        parties = list(
            Party.objects.select_for_update().filter(pk__in=party_keys).order_by("pk").values_list("pk", flat=True)
        )
        for hold in _holds:
            hold(kept, gone)
        people = Person.objects.select_for_update(of=("self",)).select_related("summit")
        locked = {row.pk: row for row in people.filter(pk__in=[kept.pk, gone.pk]).order_by("pk")}
        if len(locked) != 2:
            raise MergeRefused(_("Someone else has just merged these records."))
        kept, gone = locked[kept.pk], locked[gone.pk]
        if stopped := stops(kept, gone):
            raise MergeRefused(stopped)
        moved: dict[str, int] = {}
        for move in _moves:
            number = move(kept, gone)
            if number:
                moved[move.__name__.strip("_")] = number
        # If both were members, the party has one less, and its transferable passes are adjusted.
        transferable_passes.settle_parties(keys=parties, by=by)
        account = gone.user_id
        _empty(gone)
        _fill(kept, gone, account)
        detail = {"rows": [audit.name_of(gone)], "numbers": moved}
        audit.record(by=by, action=MERGE, target=kept, summit=kept.summit, detail=detail)
        _remove(gone)
    return moved


def _fill(kept: Person, gone: Person, account: int | None) -> None:
    """Copy the person's fields that are empty in `kept` from `gone`, and give `kept` the account, if there is one."""
    changed = [name for name in PERSON if not getattr(kept, name) and getattr(gone, name)]
    for name in changed:
        setattr(kept, name, getattr(gone, name))
    if account is not None:
        kept.user_id = account
        changed.append("user")
    if changed:
        kept.save(update_fields=changed)


def _empty(gone: Person) -> None:
    """Remove the account from `gone`, because only one person of a summit can have it."""
    if gone.user_id is not None:
        Person.objects.filter(pk=gone.pk).update(user=None)


def _remove(gone: Person) -> None:
    """Delete `gone`. If a released agenda refers to it, blank it and mark it as erased instead."""
    try:
        with transaction.atomic():
            Person.objects.get(pk=gone.pk).delete()
    except ProtectedError:
        blank = dict.fromkeys((name for name in PERSON if name not in ("name", "language")), "")
        Person.objects.filter(pk=gone.pk).update(**blank, name=HUSK, user=None, erased_at=Now())


@moves(10)
def membership(kept: Person, gone: Person) -> int:
    """Keep one membership of the two people, and return how many were moved or deleted.

    If both have one, that of `kept` stays. It is confirmed if either was confirmed.
    """
    gone_row = Membership.objects.filter(person=gone).first()
    if gone_row is None:
        return 0
    kept_row = Membership.objects.filter(person=kept).first()
    if kept_row is None:
        return Membership.objects.filter(pk=gone_row.pk).update(person=kept)
    if kept_row.confirmed_at is None and gone_row.confirmed_at is not None:
        Membership.objects.filter(pk=kept_row.pk).update(confirmed_at=gone_row.confirmed_at)
    # The person counts once, and holds the transferable passes of both.
    gone_row.transferable_passes.exclude(rule__in=kept_row.transferable_passes.values("rule")).update(holder=kept_row)
    gone_row.delete()
    return 1


@moves(11)
def former_memberships(kept: Person, gone: Person) -> int:
    """Move former memberships to `kept`, and also those in which `gone` is the successor."""
    number = FormerMember.objects.filter(person=gone).update(person=kept)
    return number + FormerMember.objects.filter(successor=gone).update(successor=kept)


@moves(12)
def focal_points(kept: Person, gone: Person) -> int:
    """Make `kept` a focal point of all parties for which `gone` acts."""
    party_keys = FocalPoint.objects.filter(person=kept).values("party")
    number = FocalPoint.objects.filter(person=gone).exclude(party__in=party_keys).update(person=kept)
    FocalPoint.objects.filter(person=gone).delete()
    return number


@moves(23)
def liaison_officers(kept: Person, gone: Person) -> int:
    """Make `kept` the liaison officer of all parties that `gone` looks after."""
    gone_row = LiaisonOfficer.objects.filter(person=gone).first()
    if gone_row is None:
        return 0
    kept_row = LiaisonOfficer.objects.filter(person=kept).first()
    if kept_row is None:
        return LiaisonOfficer.objects.filter(pk=gone_row.pk).update(person=kept)
    kept_row.parties.add(*gone_row.parties.all())
    gone_row.delete()
    return 1


@moves(22)
def requests(kept: Person, gone: Person) -> int:
    """Move requests for a focal point in which `gone` is the requested person, or the person to be replaced."""
    number = FocalPointRequest.objects.filter(person=gone).update(person=kept)
    return number + FocalPointRequest.objects.filter(instead_of=gone).update(instead_of=kept)


@moves(13)
def badges(kept: Person, gone: Person) -> int:
    """Move the badges to `kept`. If both have a live badge, that of `gone` ends."""
    live = Badge.objects.live()
    if live.filter(person=kept).exists():
        live.filter(person=gone).update(ended_at=Now(), why=MERGED)
    return Badge.objects.filter(person=gone).update(person=kept)


@moves(14)
def particulars(kept: Person, gone: Person) -> int:
    """Copy the particulars that `kept` doesn't have from `gone`."""
    gone_row = Particulars.objects.filter(person=gone).first()
    if gone_row is None:
        return 0
    kept_row = Particulars.objects.filter(person=kept).first()
    if kept_row is None:
        return Particulars.objects.filter(pk=gone_row.pk).update(person=kept)
    filled = {name for name in PARTICULARS if getattr(kept_row, name)}
    copied = {name for name in PARTICULARS if name not in filled and getattr(gone_row, name)}
    for name in copied:
        setattr(kept_row, name, getattr(gone_row, name))
    # A value that a desk or another party entered must stay hidden from the party in `entered_for`.
    hidden = {*kept_row.withheld, *(copied & set(gone_row.withheld))}
    if kept_row.entered_for_id is None:
        kept_row.entered_for_id, hidden = (
            gone_row.entered_for_id,
            (hidden | filled) if gone_row.entered_for_id else hidden,
        )
    elif kept_row.entered_for_id != gone_row.entered_for_id:
        hidden |= copied
    kept_row.withheld = sorted(hidden)
    for name, value in passport_digests.of(kept_row).items():
        setattr(kept_row, name, value)
    kept_row.save()
    gone_row.delete()
    return 1


@moves(15)
def photo(kept: Person, gone: Person) -> int:
    """Move the photograph of `gone` to `kept`. If `kept` has one already, delete that of `gone`."""
    if Photo.objects.filter(person=kept).exists():
        Photo.objects.filter(person=gone).delete()
        return 0
    return Photo.objects.filter(person=gone).update(person=kept)


@moves(16)
def papers(kept: Person, gone: Person) -> int:
    """Move declarations and visa letters to `kept`."""
    return sum(model.objects.filter(person=gone).update(person=kept) for model in (Declaration, VisaLetter))


@moves(17)
def external_ids(kept: Person, gone: Person) -> int:
    """Move ids in other systems to `kept`, except in systems in which `kept` already has an id."""
    systems = ExternalId.objects.filter(person=kept).values("system")
    number = ExternalId.objects.filter(person=gone).exclude(system__in=systems).update(person=kept)
    ExternalId.objects.filter(person=gone).delete()
    return number


@moves(18)
def links(kept: Person, gone: Person) -> int:
    """Move invitation links, portal sessions and the sign-in at a delegation's provider to `kept`."""
    if not PortalSubject.objects.filter(person=kept).exists():
        PortalSubject.objects.filter(person=gone).update(person=kept)
    PortalSubject.objects.filter(person=gone).delete()
    number = InvitationLink.objects.filter(person=gone).update(person=kept)
    return number + PortalSession.objects.filter(person=gone).update(person=kept)


@moves(21)
def mails(kept: Person, gone: Person) -> int:
    """Make outbox messages that refer to `gone` refer to `kept`."""
    return Message.objects.filter(person=gone).update(person=kept)


@moves(19)
def handovers(kept: Person, gone: Person) -> int:
    """Move the handovers in which `gone` is the giver or the taker.

    If both people have an open handover of the same item, only that of `kept` stays.
    """
    open_handovers = Handover.objects.filter(giver=kept, state="open").values_list("what", "key")
    for what, key in open_handovers:
        Handover.objects.filter(giver=gone, state="open", what=what, key=key).delete()
    number = Handover.objects.filter(giver=gone).update(giver=kept)
    return number + Handover.objects.filter(taker=gone).update(taker=kept)


@moves(20)
def duplicate_candidates(kept: Person, gone: Person) -> int:
    """Delete the pair of the two people, and move the other pairs of `gone` to `kept`."""
    pair = Q(person=kept, other=gone) | Q(person=gone, other=kept)
    DuplicateCandidate.objects.filter(pair).delete()
    number = 0
    for side, other_side in (("person", "other"), ("other", "person")):
        paired: Any = DuplicateCandidate.objects.filter(**{side: kept}).values(other_side)
        rows = DuplicateCandidate.objects.filter(**{side: gone}).exclude(**{f"{other_side}__in": paired})
        number += rows.update(**{side: kept})
    return number
