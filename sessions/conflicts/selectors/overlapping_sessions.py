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
    index = _index_people(people)
    readers = Members(frozenset(index.parties), index.people)
    entries = ReleaseEntry.objects.current(summit).of_members(readers)
    overlap = entries.filter(
        released_session__times_known=True,
        released_session__starts_at__lt=row.ends_at,
        released_session__ends_at__gt=row.starts_at,
    ).exclude(session=row.session_id)
    by_full = {
        entry.full_id: entry.released_session
        for entry in overlap.select_related("released_session__session").order_by("released_session__starts_at", "pk")
    }
    by_person: dict[int, set[int]] = {pk: set() for pk in index.people}
    if by_full:
        _add_places(by_person, index, by_full)
    return {pk: [overlap for full, overlap in by_full.items() if full in keys] for pk, keys in by_person.items()}


def _index_people(people: Collection[Person]) -> _PeopleIndex:
    index = _PeopleIndex(frozenset(person.pk for person in people))
    rows = Membership.objects.filter(person__in=index.people)
    for person, party, category, capacity in rows.values_list("person", "party", "category", "capacity"):
        index.categories.setdefault(category, set()).add(person)
        if capacity == Capacity.HEAD:
            index.parties.setdefault(party, set()).add(person)
    return index


def _add_places(by_person: dict[int, set[int]], index: _PeopleIndex, by_full: dict[int, ReleasedSession]) -> None:
    condition = Q(person__in=index.people) | Q(category__in=index.categories) | Q(party__in=index.parties)
    places = ReleasedParticipant.objects.filter(condition, released_session__in=by_full)
    for full, person, category, party in places.values_list("released_session", "person", "category", "party"):
        people = {person} & index.people if person else set()
        for each in people | index.categories.get(category, set()) | index.parties.get(party, set()):
            by_person[each].add(full)
    by_session = {row.session_id: full for full, row in by_full.items()}
    sign_ups = SignUp.objects.filter(person__in=index.people, session__in=by_session, state=SignUpState.PLACE)
    for person, session in sign_ups.values_list("person", "session"):
        by_person[person].add(by_session[session])
