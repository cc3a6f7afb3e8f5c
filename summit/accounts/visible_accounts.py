"""Selectors of the accounts that an account may see: those of its own summits.

Accounts don't belong to a summit. An account that may see the accounts of a summit sees those that hold a role or
belong to a person in it. Others are hidden, so that nobody can find out an account's owner by its key.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.permissions.rules import summits_for
from summit.summits.models import Summit
from summit.users.models import User

SEE, SEE_ROLES = "summit.user.view", "summit.roleassignment.view"
# Assigning an account to a person: the account then sees and does what the person may.
CHOOSE = "summit.choose_account"


def visible_accounts(user: Any) -> QuerySet[User]:
    """Return the accounts that `user` may see: all accounts for a superuser, else those of the user's summits."""
    allowed = summits_for(user, SEE)
    return User.objects.all() if allowed is None else User.objects.filter(_belonging(summit__in=allowed))


def of_summit(*, slug: str, to: User) -> QuerySet[User]:
    """Return the accounts of the summit `slug` that the user `to` may see.

    The queryset is empty if `to` may not see the accounts of this summit.
    """
    allowed = summits_for(to, SEE)
    return User.objects.filter(_belonging(summit__slug=slug, **({} if allowed is None else {"summit__in": allowed})))


def roles_by_account(accounts: Iterable[User], *, to: User) -> dict[int, dict[Summit, list[str]]]:
    """Return a dict from the accounts' primary keys to the names of their roles by summit.

    It has only roles in summits of which the user `to` may see the roles. Makes one query.
    """
    allowed = summits_for(to, SEE_ROLES)
    rows = RoleAssignment.objects.filter(user__in=[account.pk for account in accounts]).select_related("summit")
    found: dict[int, dict[Summit, list[str]]] = {}
    for row in rows if allowed is None else rows.filter(summit__in=allowed):
        found.setdefault(row.user_id, {}).setdefault(row.summit, []).append(row.get_role_display())
    return found


def _belonging(**summits: Any) -> Q:
    roles = RoleAssignment.objects.filter(**summits).order_by().values("user")
    people = Person.objects.filter(user__isnull=False, **summits).order_by().values("user")
    return Q(pk__in=roles) | Q(pk__in=people)
