"""Who may do what with parties, their people and their invitations.

A focal point's own parties are those they act for, a delegate's the one they are a member of. A party whose
invitation was revoked and that has no other has left the summit: nobody is its focal point or delegate any more.

A letter's link is no account. Whoever holds a live one is the focal point of the invited party, and of nothing else.
Nor is a code to a mailbox: whoever proved one stands for the one person that they chose, in the portal alone.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from delegations.models import (
    Declaration,
    DeclarationKind,
    FocalPoint,
    FocalPointRequest,
    Invitation,
    InvitationLink,
    InvitationState,
    Membership,
    Overpass,
    Party,
    PortalSignIn,
    Quota,
    Sheet,
    VisaLetter,
)
from summit.audit.services import By, Link, Mailbox, System
from summit.core.registry import Registry
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import Actor, allows, allows_own, check, declare, declare_model, follows, own_rows
from summit.summits.models import Summit
from summit.users.models import User

_WRITERS = (Role.ORGANISER, Role.PROTOCOL)
# Those who plan by who comes, person by person; and those who need to know which parties come.
_MEMBERS = (*_WRITERS, Role.ACCREDITATION, Role.PROGRAMME)
_PARTIES = (*_MEMBERS, Role.PRESS_OFFICER, Role.PRESS_APPROVER, Role.VIEWER)
_LETTERS = (*_WRITERS, Role.PROGRAMME)
_BOTH = (Role.FOCAL_POINT, Role.DELEGATE)
_STANDING = (InvitationState.SENT, InvitationState.ANSWERED)

declare_model("delegations.party", view=_PARTIES, change=_WRITERS, view_own=_BOTH)
declare_model("delegations.partyname", view=_PARTIES, change=_WRITERS)
declare_model("delegations.externalid", view=_MEMBERS, change=_WRITERS)
declare_model("delegations.policy", view=_MEMBERS, change=_WRITERS)
declare_model("delegations.membership", view=_MEMBERS, change=_WRITERS, view_own=(Role.FOCAL_POINT,))
declare_model("delegations.focalpoint", view=_LETTERS, change=_WRITERS, view_own=(Role.FOCAL_POINT,))
# A new one is asked for by those who act for the party, and decided by protocol; asking and leaving are one right.
declare_model("delegations.focalpointrequest", view=_WRITERS, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.ask_focal_point", _WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.decide_focal_point", _WRITERS)
declare_model("delegations.invitation", view=_LETTERS, change=_WRITERS, view_own=_BOTH)
declare_model("delegations.invitationlink", view=_WRITERS, change=_WRITERS)
declare_model("delegations.reply", view=_LETTERS, change=())
# Who was telephoned, and noting it.
declare_model("delegations.callnote", view=_MEMBERS, change=_WRITERS)
declare("delegations.invite", _WRITERS)
declare_model("delegations.lettertemplate", view=_LETTERS, change=_WRITERS)
declare("delegations.revoke", _WRITERS)
declare("delegations.answer", _WRITERS, own=(Role.FOCAL_POINT,))
# What people bring: the desk that vets them decides. Who may carry what concerns no other desk.
_VETTING = (Role.VETTING, Role.ORGANISER)
declare_model(
    "delegations.declarationkind", view=(*_WRITERS, Role.VETTING), change=_WRITERS, view_own=(Role.FOCAL_POINT,)
)
declare_model("delegations.declaration", view=_VETTING, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.declare", _VETTING, own=(Role.FOCAL_POINT,))
declare("delegations.decide_declaration", _VETTING)
# Visa support letters: a focal point asks, protocol signs. They name the passport, which whoever signs has to read.
declare_model("delegations.visaletter", view=_WRITERS, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.ask_visa", _WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.issue_visa", _WRITERS)
# Naming people in a party's categories, until when and as many as it may; taking them off, putting others in their
# places; naming and moving them when the time is over; and raising a number.
declare("delegations.name", _WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.withdraw", _WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.name_late", _WRITERS)
declare("delegations.raise_quota", (Role.ORGANISER,))
declare_model("delegations.quota", view=_MEMBERS, change=(), view_own=(Role.FOCAL_POINT,))
# In which categories people come, which zones those open, and the passes that change hands. How many may be named in
# a category is said by whoever may raise that.
_SEEING = (*_MEMBERS, Role.VETTING)
declare_model("delegations.category", view=_SEEING, change=_WRITERS)
declare_model("delegations.zone", view=_SEEING, change=_WRITERS)
declare_model("delegations.overpassrule", view=_SEEING, change=_WRITERS)
# Groups of parties, by which the desks find them.
declare_model("delegations.partygroup", view=_MEMBERS, change=_WRITERS)
# Reading parties and people from tables; a focal point those of its own party.
declare_model("delegations.sheet", view=_WRITERS, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.read_in", _WRITERS, own=(Role.FOCAL_POINT,))
# Recording an answer that came by telephone or on paper, also when answers were due already.
declare("delegations.answer_for", _WRITERS)
# Entering a party's people, and changing their names and offices.
declare("delegations.enter_person", _WRITERS, own=(Role.FOCAL_POINT,))
# The groups of what people are asked for beyond that (delegations.fields), each seen and changed by the same. An
# organiser runs the summit and needs nobody's passport.
_TRAVEL = (*_WRITERS, Role.ACCREDITATION, Role.VETTING)
_GROUPS = {
    "passport": (Role.VETTING,),
    "needs": (*_WRITERS, Role.CONFERENCE_OFFICER),
    "travel": _TRAVEL,
    "photo": _TRAVEL,
}
for _group, _roles in _GROUPS.items():
    declare(f"delegations.{_group}.view", _roles, own=(Role.FOCAL_POINT,))
    declare(f"delegations.{_group}.change", _roles, own=(Role.FOCAL_POINT,))
# Passes that change hands among a party's people: the desk that prints badges sees who carries which.
_PASSES = (*_WRITERS, Role.ACCREDITATION)
# Whom those who receive will meet, by face: of all parties.
declare("delegations.photo_sheet", _TRAVEL)
declare_model("delegations.overpass", view=_PASSES, change=(), view_own=(Role.FOCAL_POINT,))
declare("delegations.hand_overpass", _PASSES, own=(Role.FOCAL_POINT,))
# Badges: accreditation issues them; whoever vets or plans journeys ends one too.
declare_model("delegations.badge", view=_TRAVEL, change=())
declare("delegations.issue_badge", (Role.ORGANISER, Role.ACCREDITATION))
declare("delegations.end_badge", _TRAVEL)
# Deciding who takes what was a person's own when they leave a party: rank decides.
declare_model("delegations.handover", view=(*_WRITERS, Role.PROGRAMME), change=())
declare("delegations.decide_handover", _WRITERS)
# Giving people accounts and taking them away.
declare("delegations.give_account", _WRITERS)
# Deciding whether two are one.
declare_model("delegations.resemblance", view=_WRITERS, change=_WRITERS)

# Lists of participants as they are given out.
declare_model("delegations.participantlist", view=_MEMBERS, change=_WRITERS)
# How long what is personal is kept.
declare_model("delegations.retention", view=(Role.ORGANISER,), change=(Role.ORGANISER,))


# Conditions that all parties meet which have not left their summit.
_conditions: Registry[Callable[[], Q]] = Registry()
stays = _conditions.register


def standing_parties() -> QuerySet[Party]:
    """Return the parties that have not left their summit."""
    return Party.objects.order_by().filter(*(condition() for condition in _conditions))


@stays(10)
def not_revoked() -> Q:
    """Return the condition that an invitation to the summit stands, or that none was revoked."""
    theirs = Invitation.objects.filter(party=OuterRef("pk"), occasion="")
    stands = Exists(theirs.filter(state__in=_STANDING))
    gone = Exists(theirs.filter(state=InvitationState.REVOKED))
    return Q(stands) | ~Q(gone)


def own_parties(user: User, role: str) -> QuerySet[Party]:
    """Return the parties that an account acts for as a focal point, or is a member of as a delegate."""
    people = {Role.FOCAL_POINT: "focal_points", Role.DELEGATE: "memberships"}[Role(role)]
    return standing_parties().filter(**{f"{people}__person__user": user})


@follows(10)
def roles_of_people(user: User) -> QuerySet[Party, tuple[int, str]]:
    """Return in which summits an account is a focal point or a delegate."""
    focal, member = (own_parties(user, role).values_list("summit_id", Value(role.value)) for role in _BOTH)
    return focal.union(member)


own_rows(Party)(lambda user, role: Q(pk__in=own_parties(user, role).values("pk")))


def own_by_party(*models: type[Model]) -> None:
    """Let rows be the own ones of whoever acts for their `party`, or is a member of it."""
    for model in models:
        own_rows(model)(lambda user, role: Q(party__in=own_parties(user, role).values("pk")))


own_by_party(Membership, FocalPoint, Quota)
own_by_party(FocalPointRequest)
own_by_party(Declaration, VisaLetter)
own_by_party(Overpass)
own_by_party(Sheet)
# What has to be declared concerns all who are in the summit.
own_rows(DeclarationKind)(lambda user, role: Q(summit__in=own_parties(user, role).values("summit")))
# Whoever is invited has nothing to know of what isn't sent yet, or is over.
own_rows(Invitation)(lambda user, role: Q(party__in=own_parties(user, role).values("pk"), state__in=_STANDING))


@own_rows(Person)
def own_people(user: User, role: str) -> Q:
    """Return the condition that picks the people of an account's own parties: their members, and whom they entered or
    have as focal points while these are members of none."""
    mine = own_parties(user, role).values("pk")
    entered = Q(particulars__entered_for__in=mine)
    acts = Q(pk__in=FocalPoint.objects.filter(party__in=mine).values("person"))
    free = Q(particulars__isnull=True) | Q(particulars__entered_for__isnull=True)
    return Q(membership__party__in=mine) | Q(membership__isnull=True) & (entered | acts & free)


def can_invite(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may invite parties to a summit."""
    return allows(user, "delegations.invite", summit)


def check_can_invite(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_invite` is false."""
    check(user, "delegations.invite", summit)


def can_decide_declarations(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may permit and refuse what people of a summit declare."""
    return allows(user, "delegations.decide_declaration", summit)


def check_can_decide_declarations(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_decide_declarations` is false."""
    check(user, "delegations.decide_declaration", summit)


def can_issue_visas(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may issue and refuse visa support letters of a summit."""
    return allows(user, "delegations.issue_visa", summit)


def check_can_issue_visas(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_issue_visas` is false."""
    check(user, "delegations.issue_visa", summit)


def check_can_write_templates(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_write_templates` is false."""
    check(user, "delegations.lettertemplate.change", summit)


def can_revoke(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may revoke invitations and links of a summit."""
    return allows(user, "delegations.revoke", summit)


def check_can_revoke(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_revoke` is false."""
    check(user, "delegations.revoke", summit)


def can_answer_for(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account's desk may record the answer of any party of a summit, at any time."""
    return allows(user, "delegations.answer_for", summit)


def can_call(user: Actor, summit: Summit | int) -> bool:
    """Return whether the account may note calls about a summit's invitations."""
    return allows(user, "delegations.callnote.change", summit)


def check_can_call(user: Actor, summit: Summit | int) -> None:
    """Raise PermissionDenied where `can_call` is false."""
    check(user, "delegations.callnote.change", summit)


def check_can_answer_for(by: By, invitation: Invitation) -> None:
    """Raise PermissionDenied unless a desk that records the answers of a summit's parties asks, or the system."""
    if isinstance(by, User):
        check(by, "delegations.answer_for", invitation.party.summit)
    elif not isinstance(by, System):
        raise PermissionDenied(
            _("Protocol records what came by telephone or on paper: write to %(contact)s.")
            % {"contact": invitation.party.summit.contact_email}
        )


# Takes an actor without an account and the primary key of a party, and returns rows: there is one while the actor
# acts for that party.
Acts = Callable[[Any, int], QuerySet[Any, Any]]
_acts: dict[type, Acts] = {}


def acts_as_focal_point(kind: type) -> Callable[[Acts], Acts]:
    """Register the rows by which an actor of this kind acts for a party; a decorator."""

    def add(function: Acts) -> Acts:
        _acts[kind] = function
        return function

    return add


def acting(by: Link | Mailbox, party_id: int) -> QuerySet[Any, Any]:
    """Return rows of which there is one while a letter's link, or a code to a mailbox, acts for a party."""
    return _acts[type(by)](by, party_id)


def can_act(by: By, action: str, party: Party) -> bool:
    """Return whether somebody may do `action` for a party: a desk of its summit, or one of its focal points by an
    account, by a letter's live link or by a code to their mailbox. For whatever the focal point's desk offers."""
    if isinstance(by, System):
        return True
    if isinstance(by, Link | Mailbox):
        return allows_own(action, [Role.FOCAL_POINT]) and acting(by, party.pk).exists()
    return allows(by, action, party.summit_id, party)


def check_can_act(by: By, action: str, party: Party) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `can_act` is false."""
    if isinstance(by, User):
        check(by, action, party.summit_id, party)
    elif not can_act(by, action, party):
        raise PermissionDenied(
            _("You no longer act for %(party)s here. Its focal points can do this, or protocol: %(contact)s.")
            % {"party": party.name, "contact": party.summit.contact_email}
        )


@acts_as_focal_point(Link)
def live_links(by: Link, party_id: int) -> QuerySet[InvitationLink]:
    """Return the letter's link, where it is live and invites a party."""
    return InvitationLink.objects.live().filter(public_id=by.public_id, invitation__party=party_id)


@acts_as_focal_point(Mailbox)
def live_sign_ins(by: Mailbox, party_id: int) -> QuerySet[PortalSignIn]:
    """Return the sign-in by a code, where it is not ended and its person is a focal point of a party."""
    live = PortalSignIn.objects.live().filter(public_id=by.public_id)
    return live.filter(person__in=FocalPoint.objects.filter(party=party_id).values("person"))


def can_answer(by: By, invitation: Invitation) -> bool:
    """Return whether somebody may answer an invitation: its link, a focal point of its party, or a desk."""
    if isinstance(by, System):
        return True
    if isinstance(by, Link):
        live = InvitationLink.objects.live().filter(public_id=by.public_id, invitation=invitation)
        return allows_own("delegations.answer", [Role.FOCAL_POINT]) and live.exists()
    if isinstance(by, Mailbox):
        return allows_own("delegations.answer", [Role.FOCAL_POINT]) and acting(by, invitation.party_id).exists()
    return allows(by, "delegations.answer", invitation.party.summit_id, invitation)


def check_can_answer(by: By, invitation: Invitation) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `can_answer` is false."""
    if isinstance(by, User):
        check(by, "delegations.answer", invitation.party.summit_id, invitation)
    elif not can_answer(by, invitation):
        raise PermissionDenied(
            _("This link no longer answers for %(party)s. Write to %(contact)s for a new letter.")
            % {"party": invitation.party.name, "contact": invitation.party.summit.contact_email}
        )
