"""Finds the sessions in a person's programme that overlap a session.

Such sessions cause a warning at sign-up, but don't prevent the sign-up.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from sessions.agenda.models.releases import ReleasedParticipant, ReleasedSession, ReleaseEntry
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.visibility.viewers import Members
from summit.people.models import Person
from summit.summits.models import Summit


@dataclass
class _PeopleIndex:
    """The primary keys of the people to look up.

    `categories` is a dict from category to its people, `parties` a dict from party to its heads.
    """

    people: frozenset[int]
    categories: dict[int, set[int]] = field(default_factory=dict)
    parties: dict[int, set[int]] = field(default_factory=dict)


def overlaps_by_person(
    *, summit: Summit, row: ReleasedSession, people: Collection[Person]
) -> dict[int, list[ReleasedSession]]:
    """Return a dict from person to the sessions of their own programme that overlap the session in `row`.

    The keys are primary keys. The sessions are reduced to what participants may know. Makes four queries for any
    number of people.
    """
    held = _index_people(people)
    readers = Members(frozenset(held.parties), held.people)
    entries = ReleaseEntry.objects.current(summit).of_members(readers)
    shown = entries.filter(
        released_session__times_known=True,
        released_session__starts_at__lt=row.ends_at,
        released_session__ends_at__gt=row.starts_at,
    ).exclude(session=row.session_id)
    by_full = {
        entry.full_id: entry.released_session
        for entry in shown.select_related("released_session__session").order_by("released_session__starts_at", "pk")
    }
    found: dict[int, set[int]] = {pk: set() for pk in held.people}
    if by_full:
        _add_places(found, held, by_full)
    return {pk: [shown for full, shown in by_full.items() if full in theirs] for pk, theirs in found.items()}


def _index_people(people: Collection[Person]) -> _PeopleIndex:
    held = _PeopleIndex(frozenset(person.pk for person in people))
    rows = Membership.objects.filter(person__in=held.people)
    for person, party, category, capacity in rows.values_list("person", "party", "category", "capacity"):
        held.categories.setdefault(category, set()).add(person)
        if capacity == Capacity.HEAD:
            held.parties.setdefault(party, set()).add(person)
    return held


def _add_places(found: dict[int, set[int]], held: _PeopleIndex, by_full: dict[int, ReleasedSession]) -> None:
    theirs = Q(person__in=held.people) | Q(category__in=held.categories) | Q(party__in=held.parties)
    places = ReleasedParticipant.objects.filter(theirs, released_session__in=by_full)
    for full, person, category, party in places.values_list("released_session", "person", "category", "party"):
        whose = {person} & held.people if person else set()
        for each in whose | held.categories.get(category, set()) | held.parties.get(party, set()):
            found[each].add(full)
    by_session = {row.session_id: full for full, row in by_full.items()}
    signed = SignUp.objects.filter(person__in=held.people, session__in=by_session, state=SignUpState.PLACE)
    for person, session in signed.values_list("person", "session"):
        found[person].add(by_session[session])
