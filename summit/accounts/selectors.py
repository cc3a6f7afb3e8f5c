"""Which accounts somebody sees: those that have to do with their summits, and no others.

An account is no summit's. Whoever sees the accounts of a summit sees those that hold a role there or are somebody
there, so that nobody learns by its key alone whose another one is.
"""

from typing import Any

from django.db.models import Q, QuerySet

from summit.people.models import Person
from summit.permissions.models import RoleAssignment
from summit.permissions.rules import summits_for
from summit.users.models import User

SEE = "summit.user.view"
# Putting an account in a person's place: it sees and does what the person may.
CHOOSE = "summit.choose_account"


def known_to(user: Any) -> QuerySet[User]:
    """Return the accounts that an account sees: to whoever sets the system up all of them."""
    mine = summits_for(user, SEE)
    return User.objects.all() if mine is None else User.objects.filter(_belonging(summit__in=mine))


def of_summit(*, slug: str, to: User) -> QuerySet[User]:
    """Return those accounts of a summit that an account sees there: none where it sees none."""
    mine = summits_for(to, SEE)
    return User.objects.filter(_belonging(summit__slug=slug, **({} if mine is None else {"summit__in": mine})))


def _belonging(**summits: Any) -> Q:
    roles = RoleAssignment.objects.filter(**summits).order_by().values("user")
    people = Person.objects.filter(user__isnull=False, **summits).order_by().values("user")
    return Q(pk__in=roles) | Q(pk__in=people)
