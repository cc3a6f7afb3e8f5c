"""For whom an account reads the agenda: as the portal shows it to focal points and delegates."""

from datetime import datetime

from django.db.models import BooleanField, Q, QuerySet, Value

from delegations.members.models.members import Membership
from delegations.members.permissions import own_parties
from delegations.parties.models.parties import Party
from sessions.agenda.models.releases import ReleasedQuerySet, ReleasedSession, ReleaseEntry
from sessions.agenda.selectors import last_changed, released_agenda
from sessions.visibility.members import Members
from sessions.visibility.models import DESK
from summit.people.models import Person
from summit.permissions.models import Role
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User


def members_of(user: User, summit: Summit) -> Members:
    """Return those for whose places in a summit's agenda an account reads: the parties that it acts for or belongs
    to, the people of those that it acts for, and itself. Nobody where no party is left. Two queries."""
    acts = own_parties(user, Role.FOCAL_POINT).filter(summit=summit)
    belongs = own_parties(user, Role.DELEGATE).filter(summit=summit)
    parties = frozenset(acts.union(belongs).values_list("pk", flat=True))
    people = frozenset(own_people(user, summit).values_list("pk", flat=True))
    return Members(parties, people) if parties else Members()


def parties_of(user: User, summit: Summit) -> list[Party]:
    """Return the parties that an account belongs to and then those that it acts for, in the order of the alphabet.
    Two queries."""
    found: dict[int, Party] = {}
    for role in (Role.DELEGATE, Role.FOCAL_POINT):
        rows = own_parties(user, role).filter(summit=summit).order_by("sort_key", "pk")
        found |= {party.pk: found.get(party.pk, party) for party in rows}
    return list(found.values())


def own_people(user: User, summit: Summit) -> QuerySet[Person]:
    """Return whom an account may sign up in a summit: its own person, and the people of parties that it acts for."""
    acts = own_parties(user, Role.FOCAL_POINT).filter(summit=summit)
    members = Membership.objects.filter(party__in=acts.values("pk")).order_by().values("person")
    return Person.objects.filter(Q(user=user) | Q(pk__in=members), summit=summit)


def reads_all(user: User, summit: Summit) -> bool:
    """Return whether an account reads a summit's agenda whole: whoever sets the system up."""
    return allows(user, "agenda.agenda.view", summit)


def agenda_of(user: User, summit: Summit) -> QuerySet[ReleasedSession]:
    """Return what an account may know of a summit's newest release by what it is there; each row's `mine` says
    whether one of its people takes part: all of it to whoever sets the system up. Who is nobody there reads nothing
    here, after as many queries."""
    if reads_all(user, summit):
        whole = ReleasedSession.objects.for_desk(summit)
        return whole.annotate(mine=Value(False, output_field=BooleanField()))
    members = members_of(user, summit)
    rows = ReleasedSession.objects.for_members(summit, members)
    return rows if members else rows.filter(pk=0)


def changes_of(
    user: User, summit: Summit, members: Members, *, everything: bool = False, language: str | None = None
) -> list[released_agenda.ReleaseChanges]:
    """Return what releases changed for an account that reads for `members`, as `member.changes` does. Whoever reads
    the whole agenda has no programme of their own, and is told of all; who is nobody there, of nothing."""
    if reads_all(user, summit):
        return released_agenda.all_changes(summit=summit, language=language)
    if not members:
        return []
    return released_agenda.changes(summit=summit, members=members, everything=everything, language=language)


def programme_of(user: User, summit: Summit, members: Members, *, everything: bool = False) -> ReleasedQuerySet:
    """Return the sessions of the newest release in which those for whom an account reads take part, or with
    `everything` all that they may know of, with participants; the whole agenda to whoever reads it whole, and nothing
    to who is nobody there."""
    if reads_all(user, summit):
        return released_agenda.whole_agenda(summit=summit)
    if not members:
        return ReleasedSession.objects.none()
    find = released_agenda.members_agenda if everything else released_agenda.own_agenda
    return find(summit=summit, members=members)


def updated_at(user: User, summit: Summit, members: Members, *, everything: bool = False) -> datetime | None:
    """Return when what `programme_of` returns changed last, by a release; None where it never held anything."""
    if reads_all(user, summit):
        return last_changed.of_entries(summit, ReleaseEntry.objects.all().at(DESK))
    return last_changed.of_members(summit, members, everything=everything)
