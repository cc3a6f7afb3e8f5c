"""Permissions for members and people, and the rules for acting as a party's focal point."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Exists, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower, Trim
from django.utils.translation import gettext as _

from delegations.core.roles import SEE_CATEGORIES, SEE_LETTERS, SEE_MEMBERS, WRITERS
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.models.particulars import NEEDS, PASSPORT, PHOTO, TRAVEL
from delegations.members.models.quotas import Quota
from delegations.parties import permissions as parties_permissions
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.parties.permissions import SET_DEFAULT_QUOTAS
from summit.audit.services import By, Link, Mailbox, System
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import (
    Actor,
    allows,
    allows_own,
    check,
    declare,
    declare_model,
    follows,
    own_rows,
    refusal,
)
from summit.summits.models import Summit
from summit.users.models import User

RAISE_QUOTA = "delegations.raise_quota"
declare_model("delegations.membership", view=SEE_MEMBERS, change=WRITERS, view_own=(Role.FOCAL_POINT,))
declare_model("delegations.focalpoint", view=SEE_LETTERS, change=WRITERS, view_own=(Role.FOCAL_POINT,))
# `name`: to name people within deadlines and quotas. `withdraw`: to withdraw and replace them. `name_late`: to name
# and move them after the deadlines. `raise_quota`: to set a party's own quota, see `can_raise_quota`.
declare("delegations.name", WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.withdraw", WRITERS, own=(Role.FOCAL_POINT,))
declare("delegations.name_late", WRITERS)
declare(RAISE_QUOTA, WRITERS)
declare_model("delegations.quota", view=SEE_MEMBERS, change=(), view_own=(Role.FOCAL_POINT,))
declare_model("delegations.category", view=SEE_CATEGORIES, change=WRITERS)
# Entering a party's people, and changing their names and offices.
declare("delegations.enter_person", WRITERS, own=(Role.FOCAL_POINT,))
for _group in (PASSPORT, NEEDS, TRAVEL, PHOTO):
    declare(_group.view, _group.viewers, own=(Role.FOCAL_POINT,))
    declare(_group.change, _group.changers, own=(Role.FOCAL_POINT,))
# Deciding whether two entries are the same person.
declare_model("delegations.duplicatecandidate", view=WRITERS, change=WRITERS)


def can_raise_quota(user: Actor, summit: Summit) -> bool:
    """Return whether the account may set quotas of single parties. Makes at most one query.

    Organisers may. Protocol may while the summit's policy gives it additional places.
    """
    if allows(user, SET_DEFAULT_QUOTAS, summit):
        return True
    return allows(user, RAISE_QUOTA, summit) and Policy.objects.of(summit).protocol_places is not None


def check_can_raise_quota(user: Actor, summit: Summit) -> None:
    """Raise PermissionDenied unless `can_raise_quota` returns True. The message says who can."""
    if not can_raise_quota(user, summit):
        raise PermissionDenied(quota_refusal(summit))


def quota_refusal(summit: Summit) -> str:
    """Return the sentence that says who can set quotas of single parties in a summit. Makes one query."""
    given = Policy.objects.of(summit).protocol_places is not None
    return refusal(RAISE_QUOTA if given else SET_DEFAULT_QUOTAS)


# The rows of a party that give an account's person a role, by the role.
_PEOPLE = {
    Role.FOCAL_POINT: "focal_points",
    Role.DELEGATE: "memberships",
    Role.LIAISON_OFFICER: "liaison_officers",
}


def own_parties(user: User, role: str) -> QuerySet[Party]:
    """Return the parties of an account that have not left their summit, for one of its roles.

    For FOCAL_POINT these are the parties that it acts for, for DELEGATE the parties that it is a member of, and for
    LIAISON_OFFICER the parties that it looks after (`delegations.liaison`).
    """
    return parties_permissions.standing_parties().filter(**{f"{_PEOPLE[Role(role)]}__person__user": user})


@follows(10)
def roles_of_people(user: User) -> QuerySet[Party, tuple[int, str]]:
    """Return (summit's primary key, role) for each summit in which an account has a role of `_PEOPLE`."""
    first, *others = (own_parties(user, role).values_list("summit_id", Value(role.value)) for role in _PEOPLE)
    return first.union(*others)


def people_with_access() -> QuerySet[Person]:
    """Return the people, of any summit, who have access to the portal. Every way in asks this.

    They belong to a party that has not left its summit, act for one or look after one, or they belong to no party and
    act for none.
    """
    standing = parties_permissions.standing_parties()
    belongs = [Q(Exists(standing.filter(**{f"{rows}__person": OuterRef("pk")}))) for rows in _PEOPLE.values()]
    elsewhere = (rows.filter(person=OuterRef("pk")) for rows in (Membership.objects, FocalPoint.objects))
    alone = Q(*(~Exists(rows) for rows in elsewhere))
    return Person.objects.filter(Q.create([*belongs, alone], Q.OR), erased_at__isnull=True).order_by()


def people_at(mailbox: str | OuterRef) -> QuerySet[Person]:
    """Return the people with access to the portal who have a mailbox, which is given in lower case.

    They have this e-mail address, or they have none and the mission of their party has it.
    """
    asked = mailbox if isinstance(mailbox, OuterRef) else Value(mailbox)
    missions = parties_permissions.standing_parties().annotate(mission=Lower(Trim("mission_email")))
    of_mission = Exists(
        missions.exclude(mission="").filter(memberships__person=OuterRef("pk"), mission=OuterRef("asked"))
    )
    people = people_with_access().annotate(asked=ExpressionWrapper(asked, CharField()), address=Lower(Trim("email")))
    return people.exclude(asked="").filter(Q(address=F("asked")) | Q(of_mission, address=""))


own_rows(Party)(lambda user, role: Q(pk__in=own_parties(user, role).values("pk")))


def own_by_party(*models: type[Model]) -> None:
    """Declare rows of these models as own rows of the accounts that act for the row's `party`, or belong to it."""
    for model in models:
        own_rows(model)(lambda user, role: Q(party__in=own_parties(user, role).values("pk")))


own_by_party(Membership, FocalPoint, Quota)


@own_rows(Person)
def own_people(user: User, role: str) -> Q:
    """Return a condition for the people of an account's own parties.

    These are:

    - the members of those parties,
    - the people whom those parties entered, if they are a member of no party,
    - the focal points of those parties, if they are a member of no party and no party entered them.
    """
    party_keys = own_parties(user, role).values("pk")
    entered = Q(particulars__entered_for__in=party_keys)
    focal_points = Q(pk__in=FocalPoint.objects.filter(party__in=party_keys).values("person"))
    free = Q(particulars__isnull=True) | Q(particulars__entered_for__isnull=True)
    return Q(membership__party__in=party_keys) | Q(membership__isnull=True) & (entered | focal_points & free)


# Called with an actor that has no account, and a party's primary key. Returns a queryset that has rows only while the
# actor acts for that party.
Acts = Callable[[Any, int], QuerySet[Any, Any]]
_acts: dict[type, Acts] = {}


def acts_as_focal_point(kind: type) -> Callable[[Acts], Acts]:
    """Return a decorator that registers a function for actors of the class `kind`.

    The function checks whether such an actor acts for a party.
    """

    def add(function: Acts) -> Acts:
        _acts[kind] = function
        return function

    return add


def acting(by: Link | Mailbox, party_id: int) -> QuerySet[Any, Any]:
    """Return a queryset that has rows only while `by` acts for a party.

    `by` is an invitation link, or a mailbox that was proven by a code. Nobody acts for a party that has left its
    summit.
    """
    standing = parties_permissions.standing_parties().filter(pk=party_id)
    return _acts[type(by)](by, party_id).filter(Exists(standing))


def can_act(by: By, action: str, party: Party) -> bool:
    """Return whether somebody may do `action` for a party.

    Users may if they have the permission in the summit. The party's focal points may through an account, a valid
    invitation link or a code sent to their mailbox. The system may always. Use this function for actions that are
    open to focal points.
    """
    if isinstance(by, System):
        return True
    if isinstance(by, Link | Mailbox):
        return allows_own(action, [Role.FOCAL_POINT]) and acting(by, party.pk).exists()
    return allows(by, action, party.summit_id, party)


def check_can_act(by: By, action: str, party: Party) -> None:
    """Raise PermissionDenied unless `can_act` returns True. The message says who can do it."""
    if isinstance(by, User):
        check(by, action, party.summit_id, party)
    elif not can_act(by, action, party):
        raise PermissionDenied(
            _("You no longer act for %(party)s. Ask a focal point of the delegation, or protocol: %(contact)s.")
            % {"party": party.name, "contact": party.summit.contact_email}
        )
