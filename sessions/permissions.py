"""Who may do what with the agenda: the programme desk drafts it, an organiser releases it."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from delegations.members.permissions import can_act, own_parties
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from delegations.portal_access.models import PortalSignIn
from sessions.models import FloorRequest, Session, SignUp
from summit.audit.services import By, Mailbox
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, allows_own, check, declare, declare_model, own_rows
from summit.summits.models import Summit
from summit.users.models import User

PROGRAMME_DESK = (Role.ORGANISER, Role.PROGRAMME)
# Those who seat, run rooms, write texts for it or only look. Accreditation and vetting need no agenda.
DRAFT_READERS = (
    *PROGRAMME_DESK,
    Role.PROTOCOL,
    Role.CONFERENCE_OFFICER,
    Role.PRESS_OFFICER,
    Role.PRESS_APPROVER,
    Role.VIEWER,
)

declare_model("sessions.session", view=DRAFT_READERS, change=PROGRAMME_DESK)
for _kind in ("sessiontext", "interpretation", "document", "ownkind"):
    declare_model(f"sessions.{_kind}", view=DRAFT_READERS, change=PROGRAMME_DESK)
declare_model("sessions.participant", view=DRAFT_READERS, change=PROGRAMME_DESK)
declare_model("sessions.slot", view=DRAFT_READERS, change=PROGRAMME_DESK)
declare_model("sessions.release", view=DRAFT_READERS, change=())
# What of the released agenda isn't public is for those who take part in it.
declare_model("sessions.agenda", view=(), change=(), view_own=(Role.FOCAL_POINT, Role.DELEGATE))
# Taking places: delegates for themselves, focal points for the members of their delegation.
declare("sessions.sign_up", PROGRAMME_DESK, own=(Role.FOCAL_POINT, Role.DELEGATE))
declare_model(
    "sessions.signup",
    view=(*PROGRAMME_DESK, Role.PROTOCOL, Role.ACCREDITATION),
    change=(),
    view_own=(Role.FOCAL_POINT, Role.DELEGATE),
)
# Asking for the floor: focal points for the members of their delegation, heads of delegation for themselves.
declare("sessions.ask_floor", PROGRAMME_DESK, own=(Role.FOCAL_POINT, Role.DELEGATE))
declare_model("sessions.floorrequest", view=DRAFT_READERS, change=(), view_own=(Role.FOCAL_POINT, Role.DELEGATE))
declare("sessions.edit", PROGRAMME_DESK)
# Schedules of other conferences, before they are taken over into the draft.
declare_model("sessions.schedulefile", view=PROGRAMME_DESK, change=())
declare("sessions.release_agenda", (Role.ORGANISER,))


@own_rows(SignUp)
def own_sign_ups(user: User, role: str) -> Q:
    """Return the condition that picks sign-ups of the people of parties that an account acts for, or its own."""
    if role == Role.DELEGATE:
        return Q(person__user=user)
    return Q(person__membership__party__in=own_parties(user, role).values("pk"))


@own_rows(FloorRequest)
def own_floor_requests(user: User, role: str) -> Q:
    """Return the condition that picks requests of parties that an account acts for, or those to speak itself."""
    if role == Role.DELEGATE:
        return Q(speaker__user=user)
    return Q(party__in=own_parties(user, role).values("pk"))


def can_edit(user: Actor, session: Session) -> bool:
    """Return whether the account may move, cancel or reinstate a session of the working draft."""
    return allows(user, "sessions.edit", session.summit_id)


def check_can_edit(user: Actor, session: Session) -> None:
    """Raise PermissionDenied where `can_edit` is false."""
    check(user, "sessions.edit", session.summit_id)


def can_release(user: Actor, summit: Summit) -> bool:
    """Return whether the account may release the agenda of a summit."""
    return allows(user, "sessions.release_agenda", summit)


def check_can_release(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied where `can_release` is false."""
    check(user, "sessions.release_agenda", summit)


def can_sign_up(by: By, person: Person, party: Party | None) -> bool:
    """Return whether somebody may take and give back places in sessions for a person, a member of a party (None: of
    none any more): they themselves, a focal point of the party, or a desk."""
    if isinstance(by, User):
        if allows(by, "sessions.sign_up", person.summit_id):
            return True
        if party is None:
            return False
        own = person.user_id == by.pk and allows_own("sessions.sign_up", [Role.DELEGATE])
        acts = own_parties(by, Role.FOCAL_POINT).filter(pk=party.pk)
        return own or (allows_own("sessions.sign_up", [Role.FOCAL_POINT]) and acts.exists())
    if isinstance(by, Mailbox) and allows_own("sessions.sign_up", [Role.DELEGATE]):
        live = PortalSignIn.objects.live().filter(public_id=by.public_id, person=person)
        if party is not None and live.exists():
            return True
    return party is not None and can_act(by, "sessions.sign_up", party)


def check_can_sign_up(by: By, person: Person, party: Party | None) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `can_sign_up` is false."""
    if not can_sign_up(by, person, party):
        raise PermissionDenied(
            _("%(person)s can do this, or a focal point of their delegation, or the programme desk: %(contact)s.")
            % {"person": person.label, "contact": person.summit.contact_email}
        )


def can_ask_floor(by: By, party: Party, speaker: Person) -> bool:
    """Return whether somebody may ask for the floor for a person of a party, and withdraw that: its focal points, its
    head where they speak themselves, or a desk."""
    if _leads(by, party, speaker):
        return allows_own("sessions.ask_floor", [Role.DELEGATE])
    if isinstance(by, User):
        if allows(by, "sessions.ask_floor", party.summit_id):
            return True
        acts = own_parties(by, Role.FOCAL_POINT).filter(pk=party.pk)
        return allows_own("sessions.ask_floor", [Role.FOCAL_POINT]) and acts.exists()
    return can_act(by, "sessions.ask_floor", party)


def _leads(by: By, party: Party, speaker: Person) -> bool:
    """Return whether somebody is the head of a party, which hasn't left its summit, and the person meant."""
    heads = Membership.objects.filter(
        person=speaker, capacity=Capacity.HEAD, party__in=standing_parties().filter(pk=party.pk)
    )
    if isinstance(by, User):
        return by.is_active and heads.filter(person__user=by).exists()
    if isinstance(by, Mailbox):
        live = PortalSignIn.objects.live().filter(public_id=by.public_id, person=speaker)
        return live.exists() and heads.exists()
    return False


def check_can_ask_floor(by: By, party: Party, speaker: Person) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `can_ask_floor` is false."""
    if not can_ask_floor(by, party, speaker):
        raise PermissionDenied(
            _("A focal point of the delegation can do this, its head in person, or the programme desk: %(contact)s.")
            % {"contact": party.summit.contact_email}
        )


def can_restore(user: Actor, summit: Summit) -> bool:
    """Return whether the account may take the working draft back to an earlier release."""
    return allows(user, "sessions.edit", summit)


def check_can_restore(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied where `can_restore` is false."""
    check(user, "sessions.edit", summit)
