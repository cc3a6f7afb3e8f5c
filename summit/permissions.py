"""Who may do what: each app declares its rows here, and portal, admin and API read them.

A row gives an action, such as "delegations.invite", the roles that may do it in a summit where they hold them.
"""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from summit.models.summits import Summit
from summit.models.users import Role, RoleAssignment, User

RULES: dict[str, frozenset[str]] = {}

DESKS = frozenset(Role.values)

Actor = User | AnonymousUser


def declare(action: str, roles: Iterable[str]) -> None:
    """Declare which roles may do `action`. Raises ValueError where it is declared already, with other roles."""
    wanted = frozenset(str(role) for role in roles)
    if RULES.setdefault(action, wanted) != wanted:
        raise ValueError(f"{action} is declared twice")


def declare_model(label: str, *, view: Iterable[str], change: Iterable[str] = ()) -> None:
    """Declare who sees and who changes the rows of a model, `label` as in "delegations.party"."""
    declare(f"{label}.view", view)
    declare(f"{label}.change", change)


def roles_by_summit(user: Actor) -> dict[int, frozenset[str]]:
    """Return the roles of an account by the summits' primary keys; one query a request, none for nobody."""
    if not isinstance(user, User) or not user.is_active:
        return {}
    found: dict[int, frozenset[str]] | None = getattr(user, "_roles_by_summit", None)
    if found is None:
        found = {}
        for summit_id, role in RoleAssignment.objects.filter(user=user).values_list("summit_id", "role"):
            found[summit_id] = found.get(summit_id, frozenset()) | {role}
        user._roles_by_summit = found  # type: ignore[attr-defined]
    return found


def allows(user: Actor, action: str, summit: Summit | int | None) -> bool:
    """Return whether the account may do `action` in a summit (None: in any of them).

    Raises KeyError for an action that nobody declared.
    """
    wanted = RULES[action]
    if isinstance(user, User) and user.is_active and user.is_superuser:
        return True
    held = roles_by_summit(user)
    if summit is None:
        return any(wanted & roles for roles in held.values())
    key = summit if isinstance(summit, int) else summit.pk
    return bool(wanted & held.get(key, frozenset()))


def check(user: Actor, action: str, summit: Summit | int | None) -> None:
    """Raise PermissionDenied, with a sentence that says who can, where `allows` is false."""
    if not allows(user, action, summit):
        names = ", ".join(sorted(str(Role(role).label) for role in RULES[action]))
        raise PermissionDenied(_("This can be done by: %(roles)s.") % {"roles": names or _("nobody")})


def summits_for(user: Actor, action: str) -> list[int] | None:
    """Return the primary keys of the summits where the account may do `action`; None means all of them."""
    wanted = RULES[action]
    if isinstance(user, User) and user.is_active and user.is_superuser:
        return None
    return [key for key, roles in roles_by_summit(user).items() if wanted & roles]


def can_use_admin(user: Actor) -> bool:
    """Return whether the account works at any desk."""
    return isinstance(user, User) and user.is_active and (user.is_superuser or bool(roles_by_summit(user)))


declare_model("summit.summit", view=DESKS, change=(Role.ORGANISER,))
declare_model("summit.venue", view=DESKS, change=(Role.ORGANISER, Role.PROGRAMME))
declare_model("summit.room", view=DESKS, change=(Role.ORGANISER, Role.PROGRAMME))
declare_model("summit.person", view=DESKS, change=(Role.ORGANISER, Role.PROTOCOL))
declare_model("summit.roleassignment", view=(Role.ORGANISER,), change=(Role.ORGANISER,))
declare_model("summit.user", view=(Role.ORGANISER,), change=())
declare_model("summit.auditentry", view=(Role.ORGANISER,), change=())
