"""The rules that say which roles may do which actions. Each app declares its rules; portal, admin and API check them.

A rule has two sets of roles for an action, such as "delegations.answer". The roles of the first set may do the action
on all objects of the summit in which they are held. The roles of the second set may do it only on their own objects.
An object is a user's own if it belongs to the user's party, to a party that the user acts for, or to the user. Each
app defines this for its models (`own_rows`). The desks work for the host and own nothing: their permissions are on
all objects of a summit. Superusers may do everything.

Decisions that the rules don't show:

Personal data is for the desks that work with people. Organiser, protocol, accreditation, vetting and programme see
who holds an office, with the person's e-mail address. The press office reads speakers' names in the programme and
needs no list of people. Vetting sees people, and nothing else of their delegations. Accreditation sees parties,
members and people, but no letters.

The viewer sees only data that isn't confidential: summits, rooms, parties and whether they attend, the programme with
its speakers. The viewer sees no person's e-mail address, no name under an answer and no text under embargo.

The conference officer runs the rooms: the role sees the programme, and will change what happens in a room during a
session once the system records that. Only the programme desk changes the draft.

The outbox shows mailboxes and the messages sent to them; only the desks that cause letters see it.

A media representative has an account but no desk. There are no rules for this role yet, so it sees only public pages.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet, Value
from django.utils.translation import gettext as _

from summit.core.compiled_query import Prepared
from summit.core.punctuation import comma
from summit.core.registry import Registry
from summit.permissions.models import BY_HAND, DESKS, FOLLOWING, Role, RoleAssignment
from summit.users.models import User

if TYPE_CHECKING:
    from summit.summits.models import Summit

__all__ = ["BY_HAND", "DESKS", "FOLLOWING", "RULES", "Actor", "Rule", "allows", "check", "declare", "declare_model"]


@dataclass(frozen=True)
class Rule:
    """The roles that may do an action: on `any` object of their summit, or on their `own` objects only."""

    any: frozenset[str]
    own: frozenset[str] = frozenset()

    def names(self) -> str:
        """Return the names of all these roles as a list in words, for messages."""
        labels = [str(Role(role).label) for role in Role.values if role in self.any | self.own]
        return comma().join(labels) or _("the system administrator")


RULES: dict[str, Rule] = {}


def names_of_roles(*actions: str) -> str:
    """Return the names of all roles that may do one of these actions, as a list in words. "" stands for no action."""
    rules = [RULES[action] for action in actions if action]
    return Rule(
        frozenset().union(*(rule.any for rule in rules)), frozenset().union(*(rule.own for rule in rules))
    ).names()


Actor = User | AnonymousUser

# Returns (summit's primary key, role) for each role that follows from rows about an account's people, in one query.
Following = Callable[[User], QuerySet[Any, Any]]
_following: Registry[Following] = Registry()
follows = _following.register

# Returns the condition that picks the rows of a model that are an account's own in a role.
Own = Callable[[User, str], Q]
_OWN: dict[type[Model], Own] = {}


def declare(action: str, roles: Iterable[str], *, own: Iterable[str] = ()) -> None:
    """Declare which `roles` may do `action` on all objects of their summit, and which on their `own` objects only.

    Raises ValueError if the action is declared already with other roles.
    """
    rule = Rule(frozenset(str(role) for role in roles), frozenset(str(role) for role in own))
    if RULES.setdefault(action, rule) != rule:
        raise ValueError(f"{action} is declared twice")


def declare_model(
    label: str, *, view: Iterable[str], change: Iterable[str] = (), view_own: Iterable[str] = ()
) -> None:
    """Declare the roles that may view and change the rows of the model `label`, such as "delegations.party".

    The roles `view_own` may view only their own rows.
    """
    declare(f"{label}.view", view, own=view_own)
    declare(f"{label}.change", change)


def own_rows(model: type[Model]) -> Callable[[Own], Own]:
    """Return a decorator for the function that decides which rows of a model are an account's own (see `Own`)."""

    def add(function: Own) -> Own:
        _OWN[model] = function
        return function

    return add


def _assigned_role_rows(user: int) -> QuerySet[Any, Any]:
    assigned = RoleAssignment.objects.filter(user=user).order_by().values_list("summit_id", "role")
    # Few accounts at desks belong to a person. The same query finds out whether this account does. Only then are the
    # queries for the roles that follow made.
    people = User.objects.filter(pk=user, people__isnull=False).order_by()
    return assigned.union(people.values_list("people__summit_id", Value("")), all=True)


_GIVEN = Prepared(_assigned_role_rows)


def _assigned_roles(user: User) -> list[tuple[int, str]]:
    """Return (summit's primary key, role) for each role of an account that was assigned by hand.

    For each summit in which the account belongs to a person, there is a row with the role "". Makes one query in each
    request.
    """
    rows: list[tuple[int, str]] | None = getattr(user, "_given_roles", None)
    if rows is None:
        rows = _GIVEN.rows(user=user.pk)
        user._given_roles = rows  # type: ignore[attr-defined]
    return rows


def roles_by_summit(user: Actor) -> dict[int, frozenset[str]]:
    """Return a dict from the primary keys of summits to all roles that an account has in them.

    The roles are assigned by hand or follow from the account's people. Makes one query in each request, and one more
    if the account belongs to a person. The dict is empty, without a query, for an anonymous or inactive user.
    """
    if not isinstance(user, User) or not user.is_active:
        return {}
    found: dict[int, frozenset[str]] | None = getattr(user, "_roles_by_summit", None)
    if found is None:
        found = {}
        rows = list(_assigned_roles(user))
        if any(role == "" for _summit, role in rows):
            rows += [row for function in _following for row in function(user)]
        for summit_id, role in rows:
            found[summit_id] = found.get(summit_id, frozenset()) | ({role} - {""})
        only_summit = _only(user)
        if only_summit is not None:
            all_roles = {only_summit: frozenset(map(str, BY_HAND))}
            found = all_roles if user.is_superuser else {key: found[key] for key in found if key == only_summit}
        user._roles_by_summit = found  # type: ignore[attr-defined]
    return found


def narrow(user: User, summit: "Summit | int") -> None:
    """Limit an account to one summit for the current request, which has a token of that summit.

    A superuser then has all the roles that can be assigned by hand, in that summit only. The superuser may then do
    nothing that concerns all summits.
    """
    user._only_summit = summit if isinstance(summit, int) else summit.pk  # type: ignore[attr-defined]
    user.__dict__.pop("_roles_by_summit", None)


def is_narrowed(user: Actor) -> bool:
    """Return whether an account is limited to one summit for the current request (see `narrow`)."""
    return isinstance(user, User) and _only(user) is not None


def forget_roles(user: User) -> None:
    """Let the roles of an account be read again, since they have changed during the request."""
    for name in ("_given_roles", "_roles_by_summit"):
        # The account of a request is a lazy object, which has a `__dict__` of its own.
        if hasattr(user, name):
            delattr(user, name)


def _only(user: User) -> int | None:
    summit_id: int | None = getattr(user, "_only_summit", None)
    return summit_id


def may_everything(user: Actor) -> bool:
    """Return whether the user is an active superuser who isn't limited to one summit (see `narrow`)."""
    return isinstance(user, User) and user.is_active and user.is_superuser and _only(user) is None


def allows(user: Actor, action: str, summit: "Summit | int | None", row: Model | None = None) -> bool:
    """Return whether the account may do `action` in a summit (None: in any summit).

    With `row`, an object of the summit, the roles that may do the action on their own objects count too. This takes a
    query for each such role that the account holds. Raises KeyError for an undeclared action, and for a row of a
    model without `own_rows`.
    """
    rule = RULES[action]
    if may_everything(user):
        return True
    by_summit = roles_by_summit(user)
    if summit is None:
        return any(rule.any & roles for roles in by_summit.values())
    roles = by_summit.get(summit if isinstance(summit, int) else summit.pk, frozenset())
    if rule.any & roles:
        return True
    return row is not None and isinstance(user, User) and any(owns(user, role, row) for role in rule.own & roles)


def owns(user: User, role: str, row: Model) -> bool:
    """Return whether `row` is one of the account's own objects in a role. Makes one query.

    Raises KeyError for a row of a model without `own_rows`.
    """
    return type(row)._default_manager.filter(_OWN[type(row)](user, role), pk=row.pk).exists()


def allows_own(action: str, roles: Iterable[str]) -> bool:
    """Return whether one of `roles` may do `action` on its own objects.

    This is for requests without an account, such as by a letter's link. The caller must have checked that the object
    is their own.
    """
    return bool(RULES[action].own.intersection(roles))


def check(user: Actor, action: str, summit: "Summit | int | None", row: Model | None = None) -> None:
    """Raise PermissionDenied if the account may not do `action` (see `allows`). The exception says who can."""
    if not allows(user, action, summit, row):
        raise PermissionDenied(refusal(action))


def refusal(action: str) -> str:
    """Return the sentence that says who can do `action`."""
    return _("Roles that can do this: %(roles)s.") % {"roles": RULES[action].names()}


def summits_for(user: Actor, action: str) -> list[int] | None:
    """Return the primary keys of the summits in which the account may do `action` on all objects.

    Return None if it may do so in all summits.
    """
    if may_everything(user):
        return None
    return [key for key, roles in roles_by_summit(user).items() if RULES[action].any & roles]


def accessible_summits(user: Actor, action: str) -> list[int] | None:
    """Return the primary keys of the summits in which the account may do `action` on all objects or on its own.

    Return None if it may do so in all summits.
    """
    if may_everything(user):
        return None
    rule = RULES[action]
    return [key for key, roles in roles_by_summit(user).items() if (rule.any | rule.own) & roles]


def seen_rows(user: User, action: str, model: type[Model], summit_path: str) -> Q | None:
    """Return the condition for the rows of `model` on which the account may do `action`; None means all rows.

    In a summit in which the account may do the action on all objects, it matches all rows. In other summits it
    matches the account's own rows. `summit_path` is the lookup from a row to its summit.
    """
    everywhere = summits_for(user, action)
    if everywhere is None:
        return None
    condition = Q(**{f"{summit_path}__in": everywhere})
    for role in sorted(RULES[action].own):
        summits = [key for key, roles in roles_by_summit(user).items() if role in roles and key not in everywhere]
        if summits:
            condition |= Q(**{f"{summit_path}__in": summits}) & _OWN[model](user, role)
    return condition


def require_collection_permission(user: Actor, action: str, summit: "Summit | None") -> None:
    """Raise PermissionDenied if the account may do `action` in a summit neither on all objects nor on its own.

    The exception has a sentence that says who can. Whether an object is the account's own is checked later, when the
    object is known.
    """
    reached = accessible_summits(user, action)
    if reached is not None and (summit is None or summit.pk not in reached):
        raise PermissionDenied(refusal(action))


def require_object_permission(user: Actor, action: str, summit: "Summit | None", row: Model) -> None:
    """Raise PermissionDenied if the account may not do `action` on a row.

    For a model without `own_rows`, only `require_collection_permission` is checked: the account may do the action in
    the summit on all objects or on its own. The model's service checks the rest.
    """
    if type(row) in _OWN:
        check(user, action, summit, row)
    else:
        require_collection_permission(user, action, summit)


def can_use_admin(user: Actor) -> bool:
    """Return whether the account may open the admin: it has the role of a desk in some summit, or is a superuser.

    False for an anonymous or inactive user. Makes one query in each request.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_superuser or any(role in DESKS for _summit, role in _assigned_roles(user))


# The desks that work with people.
PEOPLE = (Role.ORGANISER, Role.PROTOCOL, Role.ACCREDITATION, Role.VETTING, Role.PROGRAMME)
_ROOMS = (Role.ORGANISER, Role.PROGRAMME)

declare_model("summit.summit", view=DESKS, change=(Role.ORGANISER,))
# Further summits, of which one becomes an organiser too. The system administrator adds the first.
declare("summit.summit.add", (Role.ORGANISER,))
declare_model("summit.venue", view=DESKS, change=_ROOMS)
declare_model("summit.room", view=DESKS, change=_ROOMS)
# Import files that fill a list. The permission to change the list's rows is checked too.
_FILL = (Role.ORGANISER, Role.PROTOCOL, Role.PROGRAMME, Role.PRESS_OFFICER)
declare_model("summit.listimportfile", view=_FILL)
# Import files of any kind, for the record of processing: the apps say who sees those of which kind.
declare_model("summit.importfile", view=(*_FILL, Role.PRESS_APPROVER), change=_FILL, view_own=(Role.FOCAL_POINT,))
declare("summit.read_in_list", _FILL)
# Focal points see the people of their party only.
declare_model("summit.person", view=PEOPLE, change=(Role.ORGANISER, Role.PROTOCOL), view_own=(Role.FOCAL_POINT,))
declare_model("summit.roleassignment", view=(Role.ORGANISER,), change=(Role.ORGANISER,))
declare_model("summit.user", view=(Role.ORGANISER,), change=())
# Assigning another account to a person (summit.accounts.visible_accounts).
declare("summit.choose_account", (Role.ORGANISER,))
declare_model("summit.auditentry", view=(Role.ORGANISER,), change=())
# Resuming a summit that was imported from an archive or restored from a backup (summit.summits.outbound_pause).
declare("summit.resume", (Role.ORGANISER,))
# Resuming the whole installation, where it is a copy or was paused (summit.summits.installation).
declare("summit.resume_installation", ())
# Removing the passkeys and the app of an account after their loss (summit.accounts.mfa_reset).
declare("summit.reset_second_step", (Role.ORGANISER,))
# Handing over all of a person's data at their request (summit.privacy.subject_access).
declare("summit.hand_over_person", (Role.ORGANISER,))
# Agreeing that a desk hands over a person's data although it may not see all of it (summit.privacy.subject_access).
declare("summit.agree_hand_over", (Role.VETTING,))
declare("summit.erase_person", (Role.ORGANISER,))
