"""Calculates when people and parties are occupied by sessions, and how many seats a session takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sessions.agenda.models.releases import ReleasedRole
from sessions.agenda.selectors.snapshots import Agenda, Snapshot
from sessions.conflicts.selectors.warning_context import Circumstances
from sessions.draft.models.participants import SEATS


@dataclass(frozen=True)
class Use:
    """A session that occupies a room, a person or a party.

    `own` is false if a person attends through their party's place. `interprets` is true if a person interprets it.
    """

    starts_at: datetime
    ends_at: datetime
    session: Snapshot
    own: bool = True
    interprets: bool = False


def overlapping(uses: Iterable[Use]) -> list[tuple[Use, Use]]:
    """Return each pair of uses that overlap in time. Uses don't overlap if one ends when the other starts."""
    found = []
    running: list[Use] = []
    for use in sorted(uses, key=lambda use: (use.starts_at, use.ends_at, use.session.key)):
        running = [other for other in running if other.ends_at > use.starts_at]
        found += [(other, use) for other in running]
        running.append(use)
    return found


def of_people(agenda: Agenda, about: Circumstances) -> Iterator[tuple[str, list[Use]]]:
    """Yield (name, uses) for everybody who has to attend sessions, with one use for each session.

    A party that takes part at a level occupies its head. If it has no head yet, it is yielded under its own name.
    """
    found: dict[tuple[str, int], tuple[str, dict[int, Use]]] = {}
    for session in agenda.values():
        for key, who, is_own, interprets in _in(session, about):
            uses = found.setdefault(key, (who, {}))[1]
            if is_own or session.session_id not in uses:
                uses[session.session_id] = Use(session.starts_at, session.ends_at, session, is_own, interprets)
    for who, by_session in found.values():
        yield who, list(by_session.values())


def of_parties(agenda: Agenda) -> Iterator[tuple[str, list[Use]]]:
    """Yield (name, uses) for each party that takes part in sessions, with one use for each session.

    `own` is true if the whole delegation takes part. Speeches don't count.
    """
    found: dict[int, tuple[str, dict[int, Use]]] = {}
    for session in agenda.values():
        for place in session.places:
            if place.party_id and not place.person_id and place.role != ReleasedRole.SPEAKER:
                uses = found.setdefault(place.party_id, (place.label, {}))[1]
                uses[session.session_id] = Use(session.starts_at, session.ends_at, session, not place.level)
    for who, by_session in found.values():
        yield who, list(by_session.values())


def present(agenda: Agenda, about: Circumstances) -> Iterator[tuple[str, int, Snapshot]]:
    """Yield (name, person's primary key, session) for every person who has to attend a session."""
    for session in agenda.values():
        for who, person in attending(session, about):
            yield who, person, session


def attending(session: Snapshot, about: Circumstances) -> Iterator[tuple[str, int]]:
    """Yield (name, person's primary key) for every person who has to attend a session."""
    people = {key: who for key, who, *_how in _in(session, about) if key[0] == "person"}
    for (_sort, person), who in people.items():
        yield who, person


def _in(session: Snapshot, about: Circumstances) -> Iterator[tuple[tuple[str, int], str, bool, bool]]:
    """Yield (key, name, own, interprets) for everybody who has to attend a session.

    `own` is false for the places of parties.
    """
    for place in session.places:
        if place.person_id:
            yield ("person", place.person_id), place.label, True, place.role == ReleasedRole.INTERPRETER
        elif place.party_id and place.level:
            head = about.heads.get(place.party_id)
            if head is not None:
                yield ("person", head.person_id), head.label, False, False
            else:
                yield ("party", place.party_id), place.label, False, False
    for person, label in about.signed_up.get(session.session_id, {}).items():
        yield ("person", person), label, True, False


def occupants(session: Snapshot, about: Circumstances) -> frozenset[tuple[str, int]]:
    """Return keys of the people and parties that a session occupies.

    Two sessions with a key in common can't take place at the same time without somebody missing one of them.
    """
    people = {key for key, *_how in _in(session, about)}
    parties = {
        ("party", place.party_id)
        for place in session.places
        if place.party_id and not place.person_id and place.role != ReleasedRole.SPEAKER
    }
    return frozenset(people | parties)


def seats(session: Snapshot, about: Circumstances) -> int:
    """Return the minimum number of seats that a session takes. Nobody is counted twice; interpreters have booths.

    A party at a level takes the seats of that level. A whole delegation takes one seat for each member, and a
    category one for each of its people.
    """
    people = set(about.signed_up.get(session.session_id, {}))
    parties: dict[int, int] = {}
    for place in session.places:
        if place.role == ReleasedRole.INTERPRETER:
            continue
        if place.person_id:
            people.add(place.person_id)
        elif place.category_id:
            people |= about.in_category.get(place.category_id, frozenset())
        elif place.party_id and place.level:
            parties[place.party_id] = max(parties.get(place.party_id, 0), SEATS[place.level])
        elif place.party_id:
            people |= about.members.get(place.party_id, frozenset())
    counted_by_party: dict[int, int] = {}
    for person in people:
        party = about.party_of.get(person)
        if party in parties:
            counted_by_party[party] = counted_by_party.get(party, 0) + 1
    others = len(people) - sum(counted_by_party.values())
    return others + sum(max(places, counted_by_party.get(party, 0)) for party, places in parties.items())
