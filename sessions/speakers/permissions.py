"""Permissions to ask for the floor and to withdraw the request."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.members.permissions import can_act, own_parties
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from delegations.portal_access.models import PortalSession
from sessions.draft.models.participants import FloorRequest
from sessions.draft.permissions import DRAFT_READERS, PROGRAMME_DESK
from summit.audit.services import By, Mailbox
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import allows, allows_own, declare, declare_model, own_rows
from summit.users.models import User

# Focal points ask for the floor for the members of their delegation, heads of delegation for themselves.
declare("agenda.ask_floor", PROGRAMME_DESK, own=(Role.FOCAL_POINT, Role.DELEGATE))
declare_model("agenda.floorrequest", view=DRAFT_READERS, change=(), view_own=(Role.FOCAL_POINT, Role.DELEGATE))


@own_rows(FloorRequest)
def own_floor_requests(user: User, role: str) -> Q:
    """Return the condition for the requests that an account may see through a role.

    For a delegate, these are the requests in which the account's person speaks. For a focal point, these are the
    requests of the parties that the account acts for.
    """
    if role == Role.DELEGATE:
        return Q(speaker__user=user)
    return Q(party__in=own_parties(user, role).values("pk"))


def can_ask_floor(by: By, party: Party, speaker: Person) -> bool:
    """Return whether `by` may ask for the floor for a speaker of a party, and withdraw the request.

    The party's focal points may, its head may as the speaker, and desk users with `agenda.ask_floor` may.
    """
    if _leads(by, party, speaker):
        return allows_own("agenda.ask_floor", [Role.DELEGATE])
    if isinstance(by, User):
        if allows(by, "agenda.ask_floor", party.summit_id):
            return True
        focal_points = own_parties(by, Role.FOCAL_POINT).filter(pk=party.pk)
        return allows_own("agenda.ask_floor", [Role.FOCAL_POINT]) and focal_points.exists()
    return can_act(by, "agenda.ask_floor", party)


def _leads(by: By, party: Party, speaker: Person) -> bool:
    """Return whether `by` is the speaker, and the head of a party that hasn't left its summit."""
    heads = Membership.objects.filter(
        person=speaker, capacity=Capacity.HEAD, party__in=standing_parties().filter(pk=party.pk)
    )
    if isinstance(by, User):
        return by.is_active and heads.filter(person__user=by).exists()
    if isinstance(by, Mailbox):
        live = PortalSession.objects.for_party(party.pk).filter(public_id=by.public_id, person=speaker)
        return live.exists() and heads.exists()
    return False


def check_can_ask_floor(by: By, party: Party, speaker: Person) -> None:
    """Raise PermissionDenied if `can_ask_floor` is false. The message says who may."""
    if not can_ask_floor(by, party, speaker):
        raise PermissionDenied(
            _("Ask a focal point of the delegation, its head, or the programme desk: %(contact)s.")
            % {"contact": party.summit.contact_email}
        )
