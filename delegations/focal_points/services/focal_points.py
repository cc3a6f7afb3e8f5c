"""Who acts for a party: made a focal point, taken off by protocol, or leaving by themselves.

A party's row is locked while that changes. Whoever acts no more loses, in the same transaction, what opened the
portal for this party: their links are revoked, and their browsers end where nothing else is theirs. An account stays:
what it may do is looked up at each request.
"""

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from delegations.focal_points.services import notices
from delegations.invitations.models.invitations import InvitationLink
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.permissions import check_can_act
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from delegations.portal_access.services import portal_sessions
from summit.audit import services as audit
from summit.audit.services import By, Link, Mailbox
from summit.people.models import Person
from summit.permissions.rules import check
from summit.users.models import User

CHANGE = "delegations.focalpoint.change"
ASK = "delegations.ask_focal_point"


class ActingRefused(Exception):
    """Somebody can't become a focal point or be one no more, with a sentence that says why and who can help."""


def lock(party: Party) -> None:
    """Let nobody else change who acts for a party until the transaction ends."""
    Party.objects.select_for_update().get(pk=party.pk)


def name(*, party: Party, person: Person, by: User) -> FocalPoint:
    """Make a person of the summit a focal point of a party, and tell them. Raises PermissionDenied, ActingRefused."""
    check(by, CHANGE, party.summit_id)
    with transaction.atomic():
        lock(party)
        point = make(party, person, by)
        notices.named(point)
    return point


def make(party: Party, person: Person, by: By) -> FocalPoint:
    """Make a person a focal point under the party's lock; whoever calls this has asked whether `by` may. Raises
    ActingRefused."""
    if person.summit_id != party.summit_id:
        raise ActingRefused(_("This person belongs to another summit. Enter them in this one first."))
    if FocalPoint.objects.filter(party=party, person=person).exists():
        said = _("%(person)s is a focal point of %(party)s already.")
        raise ActingRefused(said % {"person": person.label, "party": party.name})
    row = FocalPoint.objects.create(party=party, person=person)
    audit.record(
        by=by,
        action="delegations.focalpoint.add",
        target=row,
        summit=party.summit,
        fields=["party", "person"],
        detail={"rows": audit.references(row)},
        part_of=party,
    )
    return row


def remove(*, point: FocalPoint, by: User) -> None:
    """Take a focal point off, also a party's only one, and tell them. Raises PermissionDenied, and ActingRefused
    where they were taken off before."""
    check(by, CHANGE, point.party.summit_id)
    with transaction.atomic():
        lock(point.party)
        end(point, by)
        notices.taken_off(point)


def leave(*, party: Party, by: By) -> None:
    """Let a focal point act no more for a party. Raises PermissionDenied, and ActingRefused for whoever is none of
    its focal points and for the only one."""
    check_can_act(by, ASK, party)
    with transaction.atomic():
        lock(party)
        end(leaving(party, by), by)


def leaving(party: Party, by: By) -> FocalPoint:
    """Return as which focal point somebody may leave a party. Raises ActingRefused for whoever is none, and for the
    only one. Three queries."""
    point = own(party, by)
    facts = {"party": party.name, "contact": party.summit.contact_email}
    if point is None:
        said = _("You are not entered as a focal point of %(party)s. Protocol can say more: %(contact)s.")
        raise ActingRefused(said % facts)
    if not FocalPoint.objects.filter(party=party).exclude(pk=point.pk).exists():
        raise ActingRefused(
            _(
                "You are the only focal point of %(party)s. Ask for somebody in your place, or write to "
                "protocol: %(contact)s."
            )
            % facts
        )
    return point


def own(party: Party, by: By) -> FocalPoint | None:
    """Return as which focal point of a party somebody acts; None for a desk, and for a link's mailbox that several
    read. Two queries."""
    rows = FocalPoint.objects.filter(party=party).select_related("person").order_by("pk")
    if isinstance(by, User):
        return rows.filter(person__user=by).first()
    if isinstance(by, Mailbox):
        return rows.filter(person__in=PortalSession.objects.filter(public_id=by.public_id).values("person")).first()
    if not isinstance(by, Link):
        return None
    link = InvitationLink.objects.filter(public_id=by.public_id).first()
    found = [row for row in rows if link is not None and _same(row.person.email, link.address)]
    return found[0] if len(found) == 1 else None


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def end(point: FocalPoint, by: By) -> None:
    """Take a focal point off under the party's lock, with what opened the portal for them; whoever calls this has
    asked whether `by` may. Raises ActingRefused where they were taken off before."""
    party, person = point.party, point.person
    if not FocalPoint.objects.filter(pk=point.pk).exists():
        said = _("%(person)s is no focal point of %(party)s any more.")
        raise ActingRefused(said % {"person": person.label, "party": party.name})
    audit.record(
        by=by,
        action="delegations.focalpoint.remove",
        target=point,
        summit=party.summit,
        detail={"rows": audit.references(point)},
        part_of=party,
    )
    FocalPoint.objects.filter(pk=point.pk).delete()
    close(party, person, by)


def close(party: Party, person: Person, by: By) -> None:
    """End what opened the portal for somebody who acts for a party no more. A link to a mailbox that another focal
    point or the mission reads is theirs too, and stays; so does a browser in which the person is still somebody."""
    others = FocalPoint.objects.filter(party=party).values_list("person__email", flat=True)
    kept = {address.strip().casefold() for address in [*others, party.mission_email] if address}
    theirs = Q(person=person) | (Q(address__iexact=person.email.strip()) if person.email else Q(pk__in=[]))
    rows = InvitationLink.objects.filter(theirs, invitation__party=party, revoked_at__isnull=True)
    for link in rows.select_related("invitation__party"):
        if link.address.strip().casefold() in kept:
            continue
        InvitationLink.objects.filter(pk=link.pk).update(revoked_at=Now())
        audit.record(by=by, action="delegations.revoke_link", target=link, summit=party.summit, fields=["revoked_at"])
    elsewhere = FocalPoint.objects.filter(person=person).exists() or Membership.objects.filter(person=person).exists()
    if not elsewhere:
        live = PortalSession.objects.live().filter(person=person)
        portal_sessions.end(rows=live.select_related("person__summit"), by=by)
