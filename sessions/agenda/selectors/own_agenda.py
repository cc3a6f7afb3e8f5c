"""The parties and people for whom an account reads the agenda in the portal."""

from datetime import datetime

from django.db.models import BooleanField, Q, QuerySet, Value

from delegations.members.models.members import Membership
from delegations.members.permissions import own_parties
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import ReleasedQuerySet, ReleasedSession, ReleaseEntry
from sessions.agenda.selectors import last_changed, release_changes, released_agenda
from sessions.visibility.models import DESK
from sessions.visibility.viewers import Members
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User


def members_of(user: User, summit: Summit) -> Members:
    """Return the parties and people for whom an account reads a summit's agenda.

    The parties are those that the account acts for or belongs to. The people are the account's own person, and the
    people of the parties that it acts for. The result is empty if the account has no party. Makes two queries.
    """
    acting_for = own_parties(user, Role.FOCAL_POINT).filter(summit=summit)
    member_of = own_parties(user, Role.DELEGATE).filter(summit=summit)
    parties = frozenset(acting_for.union(member_of).values_list("pk", flat=True))
    people = frozenset(own_people(user, summit).values_list("pk", flat=True))
    return Members(parties, people) if parties else Members()


def parties_of(user: User, summit: Summit) -> list[Party]:
    """Return the parties that an account belongs to, then the parties that it acts for, each in alphabetical order.

    Makes two queries.
    """
    found: dict[int, Party] = {}
    for role in (Role.DELEGATE, Role.FOCAL_POINT):
        rows = own_parties(user, role).filter(summit=summit).order_by("sort_key", "pk")
        found |= {party.pk: found.get(party.pk, party) for party in rows}
    return list(found.values())


def own_people(user: User, summit: Summit) -> QuerySet[Person]:
    """Return the people whom an account may sign up: its own person, and the people of the parties that it acts
    for."""
    acting_for = own_parties(user, Role.FOCAL_POINT).filter(summit=summit)
    members = Membership.objects.filter(party__in=acting_for.values("pk")).order_by().values("person")
    return Person.objects.filter(Q(user=user) | Q(pk__in=members), summit=summit)


def reads_all(user: User, summit: Summit) -> bool:
    """Return whether an account may read a summit's whole agenda (permission `agenda.agenda.view`).

    No role has this permission, but the people who set up the system have it.
    """
    return allows(user, "agenda.agenda.view", summit)


def agenda_of(user: User, summit: Summit) -> QuerySet[ReleasedSession]:
    """Return the sessions of a summit's newest release that an account may know of through its roles there.

    Each row's `mine` says whether one of the account's people takes part. Accounts that may read the whole agenda get
    all sessions. An account without a role there gets none, after the same number of queries.
    """
    if reads_all(user, summit):
        all_rows = ReleasedSession.objects.for_desk(summit)
        return all_rows.annotate(mine=Value(False, output_field=BooleanField()))
    members = members_of(user, summit)
    rows = ReleasedSession.objects.for_members(summit, members)
    return rows if members else rows.filter(pk=0)


def changes_of(
    user: User, summit: Summit, members: Members, *, everything: bool = False, language: str | None = None
) -> list[release_changes.ReleaseChanges]:
    """Return the changes of past releases for an account that reads for `members`, the newest release first.

    `everything` and `language` are the arguments of `release_changes.changes`. Accounts that may read the whole
    agenda have no programme of their own and get all changes. Without members, the list is empty.
    """
    if reads_all(user, summit):
        return release_changes.all_changes(summit=summit, language=language)
    if not members:
        return []
    return release_changes.changes(summit=summit, members=members, everything=everything, language=language)


def programme_of(user: User, summit: Summit, members: Members, *, everything: bool = False) -> ReleasedQuerySet:
    """Return the sessions of the newest release in which `members` take part, with participants.

    With `everything`, return all sessions that the members may know of. Accounts that may read the whole agenda get
    all sessions. Without members, the result is empty.
    """
    if reads_all(user, summit):
        return released_agenda.whole_agenda(summit=summit)
    if not members:
        return ReleasedSession.objects.none()
    find = released_agenda.members_agenda if everything else released_agenda.own_agenda
    return find(summit=summit, members=members)


def updated_at(user: User, summit: Summit, members: Members, *, everything: bool = False) -> datetime | None:
    """Return when a release last changed the result of `programme_of`; None if that result was always empty."""
    if reads_all(user, summit):
        return last_changed.of_entries(summit, ReleaseEntry.objects.all().at(DESK))
    return last_changed.of_members(summit, members, everything=everything)
