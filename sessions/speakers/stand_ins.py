"""Who speaks for a party in a session instead of its head. Packages that know of it register a function."""

from collections.abc import Callable

from sessions.draft.models.sessions import Session
from summit.core.registry import Registry
from summit.people.models import Person

# Returns a dict from the primary keys of parties to the person who stands in.
StandIns = Callable[[Session], dict[int, Person]]
finders: Registry[StandIns] = Registry()


def stand_ins(session: Session) -> dict[int, Person]:
    """Return who stands in for the head of a party in a session, by the party's primary key."""
    return {party: person for find in finders for party, person in find(session).items()}
