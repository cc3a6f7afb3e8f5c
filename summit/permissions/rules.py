"""Who may do what on whose objects: each app declares its rows here, and portal, admin and API read them.

A row gives an action, such as "delegations.answer", two sets of roles: those that may do it on any object of a summit
where they hold them, and those that may do it on their own objects alone. "Own" is the object of the party that
somebody belongs to or acts for, or of themselves; each app says what that means for its models (`own_rows`). The
desks work for the host and own nothing: what they may, they may on all of a summit. Whoever sets the system up (a
superuser) may everything.

Decisions that the rows don't show:

Personal data is for the desks that work with people: organiser, protocol, accreditation, vetting and programme see
who is behind an office and how to reach them. The press office reads speakers' names in the programme, and needs no
register of people. Vetting sees people and nothing of their delegations' affairs; accreditation sees parties, their
members and people, and no letters.

The viewer sees what can be printed and left on a table: summits, rooms, parties with whether they come, the
programme with who stands in it. No person's address, no name under an answer, no text before its moment.

The conference officer runs the rooms: sees the programme, and will change what happens in a room while it runs, once
there are such facts. The draft itself is the programme desk's.

The outbox names mailboxes and what was written to them; the desks that cause letters look into it.

A media representative holds an account and no desk. What they see is the public pages, until there are rows for them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet, Value
from django.utils.translation import gettext as _

from summit.core.compiled_query import Prepared
from summit.core.registry import Registry
from summit.permissions.models import BY_HAND, DESKS, FOLLOWING, Role, RoleAssignment
from summit.templatetags.marks import comma
from summit.users.models import User

if TYPE_CHECKING:
    from summit.summits.models import Summit

__all__ = ["BY_HAND", "DESKS", "FOLLOWING", "RULES", "Actor", "Rule", "allows", "check", "declare", "declare_model"]


@dataclass(frozen=True)
class Rule:
    """Which roles may do something: on `any` object of their summit, or on their `own` alone."""

    any: frozenset[str]
    own: frozenset[str] = frozenset()

    def names(self) -> str:
        """Return who can, in words."""
        found = [str(Role(role).label) for role in Role.values if role in self.any | self.own]
        return comma().join(found) or _("whoever set the system up")


RULES: dict[str, Rule] = {}

Actor = User | AnonymousUser

# From an account to (summit's primary key, role) for each role that follows from rows about its people: one query.
Following = Callable[[User], QuerySet[Any, Any]]
_following: Registry[Following] = Registry()
follows = _following.register

# From an account and a role to the condition that picks its own rows of a model.
Own = Callable[[User, str], Q]
_OWN: dict[type[Model], Own] = {}


def declare(action: str, roles: Iterable[str], *, own: Iterable[str] = ()) -> None:
    """Declare which roles may do `action` on all objects of their summit, and which on their own ones.

    Raises ValueError where it is declared already, with other roles.
    """
    wanted = Rule(frozenset(str(role) for role in roles), frozenset(str(role) for role in own))
    if RULES.setdefault(action, wanted) != wanted:
        raise ValueError(f"{action} is declared twice")


def declare_model(
    label: str, *, view: Iterable[str], change: Iterable[str] = (), view_own: Iterable[str] = ()
) -> None:
    """Declare who sees and who changes the rows of a model, `label` as in "delegations.party"."""
    declare(f"{label}.view", view, own=view_own)
    declare(f"{label}.change", change)


def own_rows(model: type[Model]) -> Callable[[Own], Own]:
    """Register which rows of a model are an account's own in a role; a decorator."""

    def add(function: Own) -> Own:
        _OWN[model] = function
        return function

    return add


def _given_rows(user: int) -> QuerySet[Any, Any]:
    given = RoleAssignment.objects.filter(user=user).order_by().values_list("summit_id", "role")
    # Most who work at a desk are nobody's delegate: whether to look is asked in the same query.
    people = User.objects.filter(pk=user, people__isnull=False).order_by()
    return given.union(people.values_list("people__summit_id", Value("")), all=True)


_GIVEN = Prepared(_given_rows)


def _given(user: User) -> list[tuple[int, str]]:
    """Return the roles given to an account by hand, each with the summit's primary key, and "" for each summit where
    it is somebody. One query a request."""
    found: list[tuple[int, str]] | None = getattr(user, "_given_roles", None)
    if found is None:
        found = _GIVEN.rows(user=user.pk)
        user._given_roles = found  # type: ignore[attr-defined]
    return found


def roles_by_summit(user: Actor) -> dict[int, frozenset[str]]:
    """Return the roles of an account by the summits' primary keys: those given by hand and those that follow from
    its people. One query a request, one more for an account that is somebody at a summit, none for nobody."""
    if not isinstance(user, User) or not user.is_active:
        return {}
    found: dict[int, frozenset[str]] | None = getattr(user, "_roles_by_summit", None)
    if found is None:
        found = {}
        rows = list(_given(user))
        if any(role == "" for _summit, role in rows):
            rows += [row for function in _following for row in function(user)]
        for summit_id, role in rows:
            found[summit_id] = found.get(summit_id, frozenset()) | ({role} - {""})
        only = _only(user)
        if only is not None:
            everything = {only: frozenset(map(str, BY_HAND))}
            found = everything if user.is_superuser else {key: found[key] for key in found if key == only}
        user._roles_by_summit = found  # type: ignore[attr-defined]
    return found


def narrow(user: User, summit: "Summit | int") -> None:
    """Let this account, as it was read for one request, do nothing in other summits: it acts by a token of this one.
    Whoever sets the system up then has all roles there, and may do nothing that concerns them all."""
    user._only_summit = summit if isinstance(summit, int) else summit.pk  # type: ignore[attr-defined]
    user.__dict__.pop("_roles_by_summit", None)


def _only(user: User) -> int | None:
    found: int | None = getattr(user, "_only_summit", None)
    return found


def may_everything(user: Actor) -> bool:
    """Return whether the account sets the system up."""
    return isinstance(user, User) and user.is_active and user.is_superuser and _only(user) is None


def allows(user: Actor, action: str, summit: "Summit | int | None", row: Model | None = None) -> bool:
    """Return whether the account may do `action` in a summit (None: in any of them).

    With `row`, an object of the summit, also whoever may do it on their own objects alone is asked, at the price of a
    query for each such role that they hold. Raises KeyError for an action that nobody declared, and for a row of a
    model of which nobody said whose its rows are.
    """
    rule = RULES[action]
    if may_everything(user):
        return True
    held = roles_by_summit(user)
    if summit is None:
        return any(rule.any & roles for roles in held.values())
    roles = held.get(summit if isinstance(summit, int) else summit.pk, frozenset())
    if rule.any & roles:
        return True
    return row is not None and isinstance(user, User) and any(owns(user, role, row) for role in rule.own & roles)


def owns(user: User, role: str, row: Model) -> bool:
    """Return whether an object is the account's own in a role; one query."""
    return type(row)._default_manager.filter(_OWN[type(row)](user, role), pk=row.pk).exists()


def allows_own(action: str, roles: Iterable[str]) -> bool:
    """Return whether roles may do `action` on their own objects: for those who are known by something else than an
    account, such as a letter's link, and whose the object is has been looked up already."""
    return bool(RULES[action].own.intersection(roles))


def check(user: Actor, action: str, summit: "Summit | int | None", row: Model | None = None) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `allows` is false."""
    if not allows(user, action, summit, row):
        raise PermissionDenied(refusal(action))


def refusal(action: str) -> str:
    """Return the sentence that says who can do `action`."""
    return _("This can be done by: %(roles)s.") % {"roles": RULES[action].names()}


def summits_for(user: Actor, action: str) -> list[int] | None:
    """Return the primary keys of the summits where the account may do `action` on all objects; None means all
    summits."""
    if may_everything(user):
        return None
    return [key for key, roles in roles_by_summit(user).items() if RULES[action].any & roles]


def summits_reached(user: Actor, action: str) -> list[int] | None:
    """Return the primary keys of the summits where the account may do `action` on all objects or on its own; None
    means all summits."""
    if may_everything(user):
        return None
    rule = RULES[action]
    return [key for key, roles in roles_by_summit(user).items() if (rule.any | rule.own) & roles]


def seen_rows(user: User, action: str, model: type[Model], summit_path: str) -> Q | None:
    """Return the condition that picks the rows on which the account may do `action`: all of the summits where it may
    on all, its own ones elsewhere; None picks all. `summit_path` leads from a row to its summit."""
    everywhere = summits_for(user, action)
    if everywhere is None:
        return None
    found = Q(**{f"{summit_path}__in": everywhere})
    for role in sorted(RULES[action].own):
        held = [key for key, roles in roles_by_summit(user).items() if role in roles and key not in everywhere]
        if held:
            found |= Q(**{f"{summit_path}__in": held}) & _OWN[model](user, role)
    return found


def require_collection_permission(user: Actor, action: str, summit: "Summit | None") -> None:
    """Raise PermissionDenied, with a sentence that says who can, where the account may do `action` neither on all
    objects of a summit nor on its own: which these are is asked when the object is known."""
    reached = summits_reached(user, action)
    if reached is not None and (summit is None or summit.pk not in reached):
        raise PermissionDenied(refusal(action))


def require_object_permission(user: Actor, action: str, summit: "Summit | None", row: Model) -> None:
    """Raise PermissionDenied where the account may not do `action` on a row. Of a model of which nobody said whose
    its rows are, the door alone is asked, and the domain knows the rest."""
    if type(row) in _OWN:
        check(user, action, summit, row)
    else:
        require_collection_permission(user, action, summit)


def can_use_admin(user: Actor) -> bool:
    """Return whether the account works at any desk. Roles at desks are given by hand: one query a request."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_superuser or any(role in DESKS for _summit, role in _given(user))


# The desks that work with people.
PEOPLE = (Role.ORGANISER, Role.PROTOCOL, Role.ACCREDITATION, Role.VETTING, Role.PROGRAMME)
_ROOMS = (Role.ORGANISER, Role.PROGRAMME)

declare_model("summit.summit", view=DESKS, change=(Role.ORGANISER,))
declare("summit.summit.add", ())
declare_model("summit.venue", view=DESKS, change=_ROOMS)
declare_model("summit.room", view=DESKS, change=_ROOMS)
# Tables that fill a list; whether one may change that list's rows is asked besides.
_FILL = (Role.ORGANISER, Role.PROTOCOL, Role.PROGRAMME, Role.PRESS_OFFICER)
declare_model("summit.listimportfile", view=_FILL)
declare("summit.read_in_list", _FILL)
# Those who act for a party see its people, and nobody else's.
declare_model("summit.person", view=PEOPLE, change=(Role.ORGANISER, Role.PROTOCOL), view_own=(Role.FOCAL_POINT,))
declare_model("summit.roleassignment", view=(Role.ORGANISER,), change=(Role.ORGANISER,))
declare_model("summit.user", view=(Role.ORGANISER,), change=())
# Putting an account in the place of a person's (summit.accounts.selectors).
declare("summit.choose_account", (Role.ORGANISER,))
declare_model("summit.auditentry", view=(Role.ORGANISER,), change=())
# Letting a summit send that came here from an archive or a backup (summit.summits.outbound_pause).
declare("summit.arm", (Role.ORGANISER,))
# Letting the whole installation send, which is a copy or was disarmed (summit.summits.installation).
declare("summit.resume_installation", ())
# Taking away the passkeys and the app of an account whose owner has lost them (summit.accounts.second_step).
declare("summit.reset_second_step", (Role.ORGANISER,))
# A person's data, handed over whole or erased, at their request (summit.privacy.erasure).
declare("summit.hand_over_person", (Role.ORGANISER,))
# Agreeing to it, for those who hand over what they may not see themselves (summit.privacy.subject_access).
declare("summit.agree_hand_over", (Role.VETTING,))
declare("summit.erase_person", (Role.ORGANISER,))
