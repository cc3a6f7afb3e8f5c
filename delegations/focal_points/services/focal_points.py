"""Makes people focal points of a party and removes them, by protocol or at their own wish.

The party's row is locked while its focal points change. When a person stops acting for a party, their access to the
portal for this party ends in the same transaction: their links are revoked, and their portal sessions end if they
have no other place in the summit. An account stays, because its permissions are looked up at each request.
"""

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.focal_points import messages
from delegations.invitations.models.invitations import InvitationLink
from delegations.invitations.services.links import REVOKE_LINK
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.permissions import check_can_act
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from delegations.portal_access.services import portal_sessions
from summit.audit import services as audit
from summit.audit.actions import row_actions
from summit.audit.services import By, Link, Mailbox
from summit.people.models import Person
from summit.permissions.rules import check
from summit.users.models import User

CHANGE = "delegations.focalpoint.change"
ASK = "delegations.ask_focal_point"
FOCAL_POINT_ACTIONS = row_actions(
    "delegations.focalpoint",
    add=gettext_lazy("added a focal point"),
    change=gettext_lazy("changed a focal point"),
    remove=gettext_lazy("removed a focal point"),
)


class ActingRefused(Exception):
    """Raised if a person can't become a focal point or stop being one. The message is a sentence that says why and
    who can help."""


def lock(party: Party) -> None:
    """Lock the party until the transaction ends, so that nobody else changes who acts for it."""
    Party.objects.select_for_update().get(pk=party.pk)


def name(*, party: Party, person: Person, by: User) -> FocalPoint:
    """Make a person of the summit a focal point of a party and notify them. Raises PermissionDenied,
    ActingRefused."""
    check(by, CHANGE, party.summit_id)
    with transaction.atomic():
        lock(party)
        point = make(party, person, by)
        messages.FOCAL_POINT.send(messages.of_focal_point(point, messages.NAMED))
    return point


def make(party: Party, person: Person, by: By) -> FocalPoint:
    """Make a person a focal point of a party and return the row.

    The caller must hold the party's lock and have checked the permission of `by`. Raises ActingRefused if the person
    is of another summit or is a focal point of the party already.
    """
    if person.summit_id != party.summit_id:
        raise ActingRefused(_("This person belongs to another summit. Add them to this one first."))
    if FocalPoint.objects.filter(party=party, person=person).exists():
        message = _("%(person)s is already a focal point for %(party)s.")
        raise ActingRefused(message % {"person": person.label, "party": party.name})
    row = FocalPoint.objects.create(party=party, person=person)
    audit.record(
        by=by,
        action=FOCAL_POINT_ACTIONS.add,
        target=row,
        summit=party.summit,
        fields=["party", "person"],
        detail={"rows": audit.references(row)},
        part_of=party,
    )
    return row


def remove(*, point: FocalPoint, by: User) -> None:
    """Remove a focal point and notify the person. A party's only focal point can be removed too.

    Raises PermissionDenied, and ActingRefused if the focal point was removed before.
    """
    check(by, CHANGE, point.party.summit_id)
    with transaction.atomic():
        lock(point.party)
        end(point, by)
        messages.FOCAL_POINT.send(messages.of_focal_point(point, messages.TAKEN_OFF))


def leave(*, party: Party, by: By) -> None:
    """Remove the focal point that `by` acts as, because that person wants to stop.

    Raises PermissionDenied, and ActingRefused if `by` isn't a focal point of the party, or is the only one.
    """
    check_can_act(by, ASK, party)
    with transaction.atomic():
        lock(party)
        end(leaving(party, by), by)


def leaving(party: Party, by: By) -> FocalPoint:
    """Return the focal point that `by` acts as, after checking that they may leave the party. Makes three queries at
    most.

    Raises ActingRefused if `by` isn't a focal point of the party, or is the only one.
    """
    point = own(party, by)
    facts = {"party": party.name, "contact": party.summit.contact_email}
    if point is None:
        message = _("You are not a focal point for %(party)s. For help, contact protocol: %(contact)s.")
        raise ActingRefused(message % facts)
    if not FocalPoint.objects.filter(party=party).exclude(pk=point.pk).exists():
        raise ActingRefused(
            _("You are the only focal point for %(party)s. Request a replacement, or contact protocol: %(contact)s.")
            % facts
        )
    return point


def own(party: Party, by: By) -> FocalPoint | None:
    """Return the focal point of a party that `by` acts as, or None. Makes two queries at most.

    Returns None for a desk user, for the system, and for a link to a mailbox that several focal points share.
    """
    rows = FocalPoint.objects.filter(party=party).select_related("person").order_by("pk")
    if isinstance(by, User):
        return rows.filter(person__user=by).first()
    if isinstance(by, Mailbox):
        return rows.filter(person__in=PortalSession.objects.filter(public_id=by.public_id).values("person")).first()
    if not isinstance(by, Link):
        return None
    link = InvitationLink.objects.filter(public_id=by.public_id).first()
    matching = [row for row in rows if link is not None and _same(row.person.email, link.address)]
    return matching[0] if len(matching) == 1 else None


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def end(point: FocalPoint, by: By) -> None:
    """Remove a focal point and end the person's access to the portal for the party.

    The caller must hold the party's lock and have checked the permission of `by`. Raises ActingRefused if the focal
    point was removed before.
    """
    party, person = point.party, point.person
    if not FocalPoint.objects.filter(pk=point.pk).exists():
        message = _("%(person)s is no longer a focal point for %(party)s.")
        raise ActingRefused(message % {"person": person.label, "party": party.name})
    audit.record(
        by=by,
        action=FOCAL_POINT_ACTIONS.remove,
        target=point,
        summit=party.summit,
        detail={"rows": audit.references(point)},
        part_of=party,
    )
    FocalPoint.objects.filter(pk=point.pk).delete()
    close(party, person, by)


def close(party: Party, person: Person, by: By) -> None:
    """Revoke the links of a person who no longer acts for a party, and end their portal sessions.

    A link stays if another focal point or the mission uses its mailbox. Portal sessions stay if the person is still a
    member or a focal point of any party.
    """
    others = FocalPoint.objects.filter(party=party).values_list("person__email", flat=True)
    remaining = {address.strip().casefold() for address in [*others, party.mission_email] if address}
    own_links = Q(person=person) | (Q(address__iexact=person.email.strip()) if person.email else Q(pk__in=[]))
    rows = InvitationLink.objects.filter(own_links, invitation__party=party, revoked_at__isnull=True)
    for link in rows.select_related("invitation__party"):
        if link.address.strip().casefold() in remaining:
            continue
        InvitationLink.objects.filter(pk=link.pk).update(revoked_at=Now())
        audit.record(by=by, action=REVOKE_LINK, target=link, summit=party.summit, fields=["revoked_at"])
    elsewhere = FocalPoint.objects.filter(person=person).exists() or Membership.objects.filter(person=person).exists()
    if not elsewhere:
        opened = PortalSession.objects.not_ended().filter(person=person)
        portal_sessions.end(rows=opened.select_related("person__summit"), by=by)
