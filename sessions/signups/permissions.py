"""Permissions to take and give back places in sessions."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from delegations.members.permissions import can_act, own_parties
from delegations.parties.models.parties import Party
from delegations.portal_access.models import PortalSession
from sessions.draft.models.signups import SignUp
from sessions.draft.permissions import PROGRAMME_DESK
from summit.audit.services import By, Mailbox
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, allows_own, declare, declare_model, own_rows
from summit.summits.models import Summit
from summit.users.models import User

# Delegates take places for themselves, focal points for the members of their delegation.
declare("agenda.sign_up", PROGRAMME_DESK, own=(Role.FOCAL_POINT, Role.DELEGATE))
# Accreditation sees all sign-ups in one list, and doesn't open sessions of the draft.
SEE_SIGN_UPS = "agenda.session.sign_ups"
declare(SEE_SIGN_UPS, (*PROGRAMME_DESK, Role.PROTOCOL))
declare_model(
    "agenda.signup",
    view=(*PROGRAMME_DESK, Role.PROTOCOL, Role.ACCREDITATION),
    change=(),
    view_own=(Role.FOCAL_POINT, Role.DELEGATE),
)


@own_rows(SignUp)
def own_sign_ups(user: User, role: str) -> Q:
    """Return the condition for the sign-ups that an account may see through a role.

    For a delegate, these are the sign-ups of the account's person. For a focal point, these are the sign-ups of the
    people of the parties that the account acts for.
    """
    if role == Role.DELEGATE:
        return Q(person__user=user)
    return Q(person__membership__party__in=own_parties(user, role).values("pk"))


def can_see_sign_ups(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may open the page of a session's sign-ups."""
    return allows(user, SEE_SIGN_UPS, summit)


def removes_others(by: By, person: Person, party: Party | None) -> bool:
    """Return whether `by` acts for the desk on a person's sign-up, rather than as the person or for their party."""
    if not isinstance(by, User) or not allows(by, "agenda.sign_up", person.summit_id):
        return False
    acts = party is not None and own_parties(by, Role.FOCAL_POINT).filter(pk=party.pk).exists()
    return not acts and person.user_id != by.pk


def can_sign_up(by: By, person: Person, party: Party | None) -> bool:
    """Return whether `by` may take and give back places in sessions for a person.

    The person may, a focal point of their party may, and desk users with `agenda.sign_up` may. `party` is the
    person's party, or None if the person no longer belongs to one.
    """
    if isinstance(by, User) and allows(by, "agenda.sign_up", person.summit_id):
        return True
    if party is None:
        return False
    if allows_own("agenda.sign_up", [Role.DELEGATE]) and _is_self(by, person, party):
        return True
    if isinstance(by, User):
        focal_points = own_parties(by, Role.FOCAL_POINT).filter(pk=party.pk)
        return allows_own("agenda.sign_up", [Role.FOCAL_POINT]) and focal_points.exists()
    return can_act(by, "agenda.sign_up", party)


def _is_self(by: By, person: Person, party: Party) -> bool:
    """Return whether `by` is the person, as a member of a party that has not left its summit."""
    if isinstance(by, User):
        return person.user_id == by.pk and own_parties(by, Role.DELEGATE).filter(pk=party.pk).exists()
    if isinstance(by, Mailbox):
        return PortalSession.objects.for_party(party.pk).filter(public_id=by.public_id, person=person).exists()
    return False


def check_can_sign_up(by: By, person: Person, party: Party | None) -> None:
    """Raise PermissionDenied if `can_sign_up` is false. The message says who may."""
    if not can_sign_up(by, person, party):
        raise PermissionDenied(
            _("Ask %(person)s, a focal point of their delegation, or the programme desk: %(contact)s.")
            % {"person": person.label, "contact": person.summit.contact_email}
        )
