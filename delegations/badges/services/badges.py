"""Issues badges to members, ends them with a reason, and replaces lost ones.

A person has at most one live badge. The party's row is locked while badges are issued to its people, and while a
member is withdrawn. Thus nobody gets a badge while they leave. When a member leaves, their badge is ended in the same
transaction.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.badges.events import ACCREDITED
from delegations.badges.models.badges import Badge, BadgeQuerySet
from delegations.badges.permissions import can_issue_badges, check_can_end_badges, check_can_issue_badges
from delegations.badges.selectors import badges as badges_selectors
from delegations.badges.selectors.badges import LEFT, LOST
from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.permissions import standing_parties
from summit.audit import services as audit
from summit.audit.actions import audit_action
from summit.audit.models import AuditEntry
from summit.audit.services import By
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.users.models import User

REASON_LENGTH = 200
ISSUE = audit_action("delegations.badge.issue", gettext_lazy("issued a badge"))
END = audit_action("delegations.badge.end", gettext_lazy("cancelled a badge"))


class BadgeProblem(Exception):
    """Raised if the entered reason can't be accepted. The message says what to do."""

    field = "reason"


class BadgeRefused(Exception):
    """Raised if the action isn't possible. The message is a sentence that says why and who can help."""


@dataclass
class Issued:
    """The result of issuing badges: the new badges, and the members who got none, each with the reason as a
    sentence."""

    done: list[Badge] = field(default_factory=list)
    skipped: list[tuple[Membership, str]] = field(default_factory=list)


def issue(*, members: Iterable[Membership], by: User) -> Issued:
    """Issue badges to members who have none. Return the new badges, and the members who can't get one.

    The number of queries doesn't grow with the members. Raises PermissionDenied.
    """
    keys = {row.pk for row in members}
    with transaction.atomic():
        parties = _lock({row.party_id for row in Membership.objects.filter(pk__in=keys)})
        for summit in {party.summit for party in parties.values()}:
            check_can_issue_badges(by, summit)
        return _issue(keys, parties, by)


def _lock(keys: Collection[int]) -> dict[int, Party]:
    """Lock the parties with these primary keys until the transaction ends. Return a dict from primary keys to the
    parties.

    Nobody else can then change the parties' people. The rows are locked in the order of their keys, against
    deadlocks. SQLite admits only one writing transaction anyway.
    """
    rows = Party.objects.filter(pk__in=keys).select_related("summit").order_by("pk")
    return {party.pk: party for party in rows.select_for_update(of=("self",))}


def _issue(keys: Collection[int], parties: dict[int, Party], by: User) -> Issued:
    memberships = Membership.objects.filter(pk__in=keys, party__in=parties).select_related("person", "category")
    rows = list(memberships.order_by("party", "position", "pk"))
    holders = _holders(rows)
    standing = set(standing_parties().filter(pk__in=parties).values_list("pk", flat=True))
    summits = {party.summit_id for party in parties.values()}
    policies = {policy.summit_id: policy for policy in Policy.objects.filter(summit__in=summits)}
    issued = Issued()
    for row in rows:
        row.party = parties[row.party_id]
        summit = row.party.summit
        why = _refusal(row, holders, standing) or badges_selectors.why_not(
            row, policies.get(summit.pk) or Policy(summit=summit)
        )
        if why:
            issued.skipped.append((row, why))
        else:
            issued.done.append(Badge(party=row.party, person=row.person, issued_by=by))
    Badge.objects.bulk_create(issued.done)
    audit.record_many([_issued(badge, by) for badge in issued.done])
    ACCREDITED.emit(*issued.done)
    return issued


def _issued(badge: Badge, by: User) -> AuditEntry:
    return audit.entry(
        by=by,
        action=ISSUE,
        target=badge,
        summit=badge.party.summit,
        fields=["party", "person"],
        part_of=badge.person,
    )


def _holders(rows: Iterable[Membership]) -> set[int]:
    """Return the primary keys of the people among these members who have a live badge. Makes one query."""
    people = [row.person_id for row in rows]
    return set(Badge.objects.live().filter(person__in=people).values_list("person", flat=True))


def _refusal(row: Membership, holders: set[int], standing: set[int]) -> str:
    if row.person_id in holders:
        return _("%(person)s already has a badge.") % {"person": row.person.label}
    if row.party_id not in standing:
        message = _("The invitation to %(party)s was revoked. Protocol can invite the delegation again.")
        return message % {"party": row.party.name}
    return ""


def end(*, badges: Iterable[Badge], reason: str, by: User) -> int:
    """End the live badges among `badges` and return their number. The reason is shown when a badge is checked.

    Raises PermissionDenied, and BadgeProblem if the reason can't be accepted.
    """
    rows = list(Badge.objects.filter(pk__in=[row.pk for row in badges]).select_related("party__summit"))
    for summit in {row.party.summit for row in rows}:
        check_can_end_badges(by, summit)
    reason = _checked(reason)
    with transaction.atomic():
        return len(_end(Badge.objects.filter(pk__in=[row.pk for row in rows]), reason, by))


def _end(badges: BadgeQuerySet, why: str, by: By) -> list[Badge]:
    rows = list(badges.live().select_related("party__summit", "person").select_for_update(of=("self",)))
    Badge.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=Now(), why=why)
    audit.record_many(
        [
            audit.entry(
                by=by,
                action=END,
                target=row,
                summit=row.party.summit,
                fields=["ended_at", "why"],
                part_of=row.person,
            )
            for row in rows
        ]
    )
    return rows


def _checked(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise BadgeProblem(_("Enter a reason. The guard who checks the badge sees it."))
    if len(reason) > REASON_LENGTH:
        message = _("Shorten this text to %(limit)d characters. It has %(long)d.")
        raise BadgeProblem(message % {"long": len(reason), "limit": REASON_LENGTH})
    try:
        validate_printable(reason)
    except ValidationError as problem:
        raise BadgeProblem(" ".join(problem.messages)) from None
    return reason


def reissue(*, badge: Badge, by: User) -> Badge:
    """End a lost badge, issue another in its place, and return the new badge.

    Raises PermissionDenied, and BadgeRefused if the badge was ended before or the person can't have another.
    """
    check_can_issue_badges(by, badge.party.summit)
    with transaction.atomic():
        parties = _lock([badge.party_id])
        if not _end(Badge.objects.filter(pk=badge.pk), LOST, by):
            raise BadgeRefused(_("This badge is already cancelled. Check whether the person has another."))
        keys = Membership.objects.filter(party=badge.party, person=badge.person).values_list("pk", flat=True)
        issued = _issue(list(keys), parties, by)
        if not issued.done:
            why = issued.skipped[0][1] if issued.skipped else _("The person is no longer in the delegation.")
            raise BadgeRefused(_("%(why)s To issue a new badge, cancel this one and give a reason.") % {"why": why})
    return issued.done[0]


def _issue_again(party: Party, person: Person, by: User) -> int:
    """Issue a new badge to a member whose withdrawal is undone: an ended badge never opens anything again.

    Returns 0 if none can be issued, or if `by` may not issue badges.
    """
    if not can_issue_badges(by, party.summit):
        return 0
    return len(issue(members=Membership.objects.filter(party=party, person=person), by=by).done)


@departure_listeners.follows(
    30, "badges", lambda n: ngettext("%(n)d badge", "%(n)d badges", n) % {"n": n}, restore=_issue_again
)
def end_badge_of_former_member(party: Party, person: Person, by: By) -> int:
    """End the badge of a person who leaves a party, so that it opens nothing from then on."""
    return len(_end(Badge.objects.filter(party=party, person=person), LEFT, by))
