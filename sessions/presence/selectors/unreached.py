"""Who isn't reached: those due in a session soon who haven't opened what a release changed in it.

Only changes count for which one goes somewhere else or at another time: times, room, added, cancelled, removed. A
delegation is reached if somebody who is due or acts for it has opened the change in the portal, or was told by
telephone. Who opens the portal by a letter's link has no name, so that the delegation isn't known to be reached.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import get_language

from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from delegations.parties.permissions import standing_parties
from delegations.parties.selectors import party_names
from sessions.agenda.models.releases import Release, ReleasedRole
from sessions.agenda.selectors import release_changes
from sessions.agenda.selectors.differences import Nature, Programme, SessionChange, What, personal
from sessions.agenda.selectors.snapshots import Snapshot
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.notifications.models import AgendaReadMark
from sessions.notifications.services.read_marks import Seen
from sessions.presence.models import Representation, ToldByTelephone
from sessions.speakers.services.line_up_in_protocol_order import who_speaks
from summit.people.models import Person
from summit.summits.models import Summit

# How many minutes ahead one looks, and how many hours back.
AHEAD, BACK = 30, 6
# Releases that are read at most: older ones of the last hours changed what came later once more.
MOST = 60
# What makes somebody go somewhere else, or at another time.
_MOVES = frozenset({What.MOVED, What.LONGER, What.SHORTER, What.ROOM})


@dataclass(frozen=True)
class News:
    """A change of one session that somebody hasn't opened, and the release that made it."""

    change: SessionChange
    release: Release

    @property
    def key(self) -> tuple[int, int]:
        """The primary keys of the session and of the release."""
        return self.change.session.session_id, self.release.pk


@dataclass
class Waiting:
    """A delegation, or a person without one, that isn't reached, with what has changed, the next session first.

    `people` are those who are due: the head or who represents it, or people with places of their own.
    """

    party: Party | None
    people: list[Person] = field(default_factory=list)
    news: list[News] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The value by which a form names the row."""
        return f"party:{self.party.pk}" if self.party else f"person:{self.people[0].pk}"


@dataclass
class _Due:
    """Who is due in the changed sessions, by session: whole parties and single people, as primary keys.

    `party_of` and `category_of` have those of the people who are members of a party.
    """

    parties: dict[int, set[int]]
    people: dict[int, set[int]]
    party_of: dict[int, int] = field(default_factory=dict)
    category_of: dict[int, int] = field(default_factory=dict)


def unreached(*, summit: Summit, now: datetime, minutes: int = AHEAD, hours: int = BACK) -> list[Waiting]:
    """Return who is due in sessions that start within `minutes`, and isn't known to have learned what changed.

    What changed is what the releases of the last `hours` did. It also counts if the session would have started within
    the minutes before it was moved or cancelled, or if it is on now and wasn't to start yet. The order is that of the
    sessions, then that of protocol. Makes a constant number of queries.
    """
    found = _news(summit, now, minutes, hours)
    if not found:
        return []
    due = _due(summit, found)
    rows = _rows(found, due)
    told = set(
        ToldByTelephone.objects.filter(
            session__in=[news.key[0] for news in found],
            release__in={news.key[1] for news in found},
            taken_back_at=None,
        ).values_list("session_id", "release_id", "party_id", "person_id")
    )
    for row in rows:
        row.news = [news for news in row.news if (*news.key, *_whom(row)) not in told]
    waiting = _not_opened([row for row in rows if row.news])
    return sorted(waiting, key=lambda row: row.news[0].change.session.starts_at)


def _whom(row: Waiting) -> tuple[int | None, int | None]:
    """Return the primary keys of the party and of the person to whom a row belongs; one of them is None."""
    return (row.party.pk, None) if row.party else (None, row.people[0].pk)


def _news(summit: Summit, now: datetime, minutes: int, hours: int) -> list[News]:
    """Return the last change of each session soon, of those that the last hours' releases made. Makes six queries."""
    recent = Release.objects.filter(summit=summit, released_at__gt=now - timedelta(hours=hours)).count()
    if not recent:
        return []
    found: dict[int, News] = {}
    for each in release_changes.all_changes(summit=summit, limit=min(recent, MOST)):
        for change in each.changes:
            if _moves(change) and _is_soon(change, now, now + timedelta(minutes=minutes)):
                found.setdefault(change.session.session_id, News(change, each.release))
    return sorted(found.values(), key=lambda news: (news.change.session.starts_at, news.key))


def _moves(change: SessionChange) -> bool:
    return change.nature != Nature.CHANGED or any(aspect.what in _MOVES for aspect in change.aspects())


def _is_soon(change: SessionChange, now: datetime, until: datetime) -> bool:
    before, after = change.before, change.after
    if any(state is not None and now <= state.starts_at <= until for state in (before, after)):
        return True
    # It is on already, and somebody may think that it isn't.
    return after is not None and after.starts_at <= now < after.ends_at and (before is None or before.starts_at > now)


def _due(summit: Summit, found: Iterable[News]) -> _Due:
    """Return who is due in the changed sessions, before or after the change. Makes two queries."""
    states = {news.key[0]: [state for state in (news.change.before, news.change.after) if state] for news in found}
    due = _Due(
        parties={key: {party for state in each for party in state.parties} for key, each in states.items()},
        people={key: set(_single_people(each)) for key, each in states.items()},
    )
    sign_ups = SignUp.objects.filter(session__in=states, state=SignUpState.PLACE)
    for session, person in sign_ups.values_list("session_id", "person_id"):
        due.people[session].add(person)
    categories = {key: {category for state in each for category in state.categories} for key, each in states.items()}
    wanted = Q(person__in=set().union(*due.people.values())) | Q(category__in=set().union(*categories.values()))
    members = Membership.objects.filter(wanted, party__summit=summit)
    in_category: dict[int, set[int]] = {}
    for person, party, category in members.values_list("person_id", "party_id", "category_id"):
        due.party_of[person], due.category_of[person] = party, category
        in_category.setdefault(category, set()).add(person)
    for session, keys in categories.items():
        due.people[session] |= {person for key in keys for person in in_category.get(key, ())}
    return due


def _single_people(states: Iterable[Snapshot]) -> Iterator[int]:
    """Yield the people who have a place of their own, without interpreters. A speech is its party's."""
    for state in states:
        for place in state.places:
            if place.person_id and not place.party_id and place.role != ReleasedRole.INTERPRETER:
                yield place.person_id


def _rows(found: list[News], due: _Due) -> list[Waiting]:
    """Return a row for each party and each person without one, in protocol order, with what its readers may know.

    Parties that left the summit have no row. Makes four queries.
    """
    wanted = {key for keys in due.parties.values() for key in keys} | set(due.party_of.values())
    ordered = party_names.in_order(standing_parties().filter(pk__in=wanted), get_language() or "", protocol=True)
    parties = {party.pk: party for party in ordered}
    heads = who_speaks(parties.values())
    live = Representation.objects.filter(session__in=[news.key[0] for news in found], taken_back_at=None)
    represented = {(row.session_id, row.party_id): row.person for row in live.select_related("person")}
    people = Person.objects.in_bulk({key for keys in due.people.values() for key in keys})
    rows: dict[tuple[int, int], Waiting] = {(key, 0): Waiting(party) for key, party in parties.items()}
    for news in found:
        session = news.key[0]
        for key in sorted(due.parties[session] & parties.keys()):
            head = represented.get((session, key)) or heads.get(key)
            _add(rows[key, 0], news, head, Programme(parties=frozenset([key])))
        for key in sorted(due.people[session] & people.keys()):
            party = due.party_of.get(key)
            if party is None or party in parties:
                row = rows.setdefault((party or 0, 0 if party else key), Waiting(None))
                category = due.category_of.get(key)
                mine = Programme(
                    people=frozenset([key]),
                    categories=frozenset([category] if category else ()),
                    signed_up=frozenset([session]),
                )
                _add(row, news, people[key], mine)
    return [row for row in rows.values() if row.news]


def _add(row: Waiting, news: News, person: Person | None, mine: Programme) -> None:
    """Add a change to a row as the owners of a programme may read it, and the person who is due, each once."""
    seen = personal([news.change], mine)
    if not seen or not _moves(seen[0]):
        return
    if person is not None and person not in row.people:
        row.people.append(person)
    if all(news.key != other.key for other in row.news):
        row.news.append(News(seen[0], news.release))


def _not_opened(rows: list[Waiting]) -> list[Waiting]:
    """Return the rows with the changes that neither those who are due nor the focal points have opened.

    Rows without such a change are left out. Makes two queries.
    """
    parties = [row.party.pk for row in rows if row.party]
    readers: dict[int, set[int]] = {}
    for party, person in FocalPoint.objects.filter(party__in=parties).values_list("party_id", "person_id"):
        readers.setdefault(party, set()).add(person)
    everybody = {person.pk for row in rows for person in row.people}.union(*readers.values())
    everything: dict[int, int] = {}
    sessions: dict[int, dict[int, int]] = {}
    marks = AgendaReadMark.objects.filter(person__in=everybody)
    for person, session, number in marks.values_list("person_id", "session_id", "number"):
        if session is None:
            everything[person] = number
        else:
            sessions.setdefault(person, {})[session] = number
    found = []
    for row in rows:
        own = {person.pk for person in row.people} | (readers.get(row.party.pk, set()) if row.party else set())
        marks_of = [Seen(everything.get(key, 0), sessions.get(key, {})) for key in own]
        row.news = [
            news for news in row.news if not any(seen.has(news.release.number, news.key[0]) for seen in marks_of)
        ]
        if row.news:
            found.append(row)
    return found


def version(summit: Summit, now: datetime) -> str:
    """Return a text that changes with each release, each opened change, each telephone message and each minute.

    Makes three queries.
    """
    live = Q(taken_back_at=None)
    told = ToldByTelephone.objects.filter(release__summit=summit).aggregate(
        rows=Count("pk"), there=Count("pk", filter=live), sum=Sum("pk", filter=live)
    )
    opened = AgendaReadMark.objects.filter(person__summit=summit).aggregate(rows=Count("pk"), last=Max("looked_at"))
    newest = Release.objects.filter(summit=summit).aggregate(last=Max("number"))
    values = [*told.values(), *opened.values(), *newest.values(), int(now.timestamp()) // 60]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]
