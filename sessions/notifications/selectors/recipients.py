"""The recipients of agenda changes: the mailboxes of all affected readers, each with the programme that it reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from delegations.mailboxes import selectors as mailboxes_selectors
from delegations.mailboxes.selectors import Mailbox
from delegations.members.models.categories import Capacity
from delegations.members.models.members import Membership
from sessions.agenda.selectors.differences import Programme, SessionChange, affected_programme
from sessions.draft.models.signups import SignUp, SignUpState
from summit.summits.models import Summit

# The key of a party's own places among the people of its mailbox.
DELEGATION = 0


@dataclass(frozen=True)
class Recipient:
    """A mailbox with the programme that it reads.

    `parts` is a dict from each person's primary key to their programme. The party's own programme has the key
    `DELEGATION`.
    """

    mailbox: Mailbox
    programme: Programme
    parts: Mapping[int, Programme] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class _Member:
    """The data of a member that decides which programmes they read."""

    party: int
    category: int
    heads: bool


@dataclass(frozen=True)
class _AffectedPeople:
    """People who are affected by changes, with their memberships, sign-ups and waiting-list entries."""

    members: dict[int, _Member]
    signed_up: dict[int, set[int]]
    waits_for: dict[int, set[int]]

    def programme(self, person: int) -> Programme:
        """Return one person's own programme."""
        member = self.members.get(person)
        return Programme(
            people=frozenset([person]),
            categories=frozenset([member.category] if member else ()),
            signed_up=frozenset(self.signed_up.get(person, ())),
            waits_for=frozenset(self.waits_for.get(person, ())),
        )


def _affected_people(summit: Summit, theirs: Programme) -> _AffectedPeople:
    """Return the people whom the programme `theirs` concerns.

    The heads of its parties are included, because a party's place is also the place of its head. Makes two queries.
    """
    signed: dict[str, dict[int, set[int]]] = {state: {} for state in SignUpState.values}
    rows = SignUp.objects.filter(session__summit=summit, session__in=theirs.signed_up | theirs.waits_for)
    for state, person, session in rows.values_list("state", "person_id", "session_id"):
        signed[state].setdefault(person, set()).add(session)
    of = Membership.objects.filter(
        Q(person__in={*theirs.people}.union(*signed.values()))
        | Q(category__in=theirs.categories)
        | Q(party__in=theirs.parties, capacity=Capacity.HEAD),
        person__summit=summit,
    )
    members = {
        person: _Member(party, category, capacity == Capacity.HEAD)
        for person, party, category, capacity in of.values_list("person_id", "party_id", "category_id", "capacity")
    }
    return _AffectedPeople(members, signed[SignUpState.PLACE], signed[SignUpState.WAITING])


def readers(summit: Summit, changes: Iterable[SessionChange]) -> list[Recipient]:
    """Return the mailboxes of all readers affected by these changes. Makes a constant number of queries.

    A party's mailboxes (its focal points', or its mission's) read the programme of the party and of its affected
    members. A person's own mailbox reads only this person's programme; the mailbox of a head also reads the party's
    programme.
    """
    theirs = affected_programme(changes)
    found = _affected_people(summit, theirs)
    people = {*theirs.people, *found.members, *found.signed_up, *found.waits_for}
    parties = {*theirs.parties, *(member.party for member in found.members.values())}
    desks = {
        (box.address, box.party_id)
        for box in mailboxes_selectors.for_members(summit=summit, party_ids=parties, person_ids=set())
    }
    of_party: dict[int, set[int]] = {}
    for person, member in found.members.items():
        of_party.setdefault(member.party, set()).add(person)
    listed = []
    for box in mailboxes_selectors.for_members(summit=summit, party_ids=parties, person_ids=people):
        is_desk = box.party_id is not None and (box.address, box.party_id) in desks
        listed.append(_reader(box, found, of_party.get(box.party_id or 0, set()) if is_desk else None))
    return listed


def _reader(box: Mailbox, found: _AffectedPeople, of_party: set[int] | None) -> Recipient:
    """Return the reader of a mailbox.

    `of_party` are the party's affected members if the mailbox belongs to the party, otherwise None.
    """
    within = box.person_ids | (of_party or set())
    parts = {person: found.programme(person) for person in sorted(within)}
    own = {box.party_id} if of_party is not None and box.party_id else set()
    heads = {
        person: member.party for person in box.person_ids if (member := found.members.get(person)) and member.heads
    }
    if own:
        parts[DELEGATION] = Programme(parties=frozenset(own))
    else:
        # In a head's own mailbox, the party's place counts as the head's.
        parts |= {person: _and_party(parts[person], party) for person, party in heads.items()}
    return Recipient(box, _together(parts.values(), own | set(heads.values())), parts)


def _and_party(programme: Programme, party: int) -> Programme:
    return _together([programme], {party})


def _together(parts: Iterable[Programme], parties: set[int]) -> Programme:
    rows = list(parts)
    return Programme(
        parties=frozenset(parties),
        people=frozenset().union(*(row.people for row in rows)),
        categories=frozenset().union(*(row.categories for row in rows)),
        signed_up=frozenset().union(*(row.signed_up for row in rows)),
        waits_for=frozenset().union(*(row.waits_for for row in rows)),
    )
