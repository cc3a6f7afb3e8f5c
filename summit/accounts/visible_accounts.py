"""Selectors of the accounts that an account may see: those of its own summits.

Accounts don't belong to a summit. An account that may see the accounts of a summit sees those that hold a role or
belong to a person in it. Others are hidden, so that nobody can find out an account's owner by its key.
"""

from typing import Any

from django.db.models import Q, QuerySet

from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.permissions.rules import summits_for
from summit.users.models import User

SEE = "summit.user.view"
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


def _belonging(**summits: Any) -> Q:
    roles = RoleAssignment.objects.filter(**summits).order_by().values("user")
    people = Person.objects.filter(user__isnull=False, **summits).order_by().values("user")
    return Q(pk__in=roles) | Q(pk__in=people)
