"""The recipients of agenda changes: the mailboxes of all affected readers, each with the programme that it reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from delegations.invitations.selectors.taking_part import people_taking_part, taking_part
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


def _affected_people(summit: Summit, programme: Programme) -> _AffectedPeople:
    """Return the people whom `programme` concerns.

    The heads of its parties are included, because a party's place is also the place of its head. Makes two queries.
    """
    sign_ups: dict[str, dict[int, set[int]]] = {state: {} for state in SignUpState.values}
    rows = SignUp.objects.filter(session__summit=summit, session__in=programme.signed_up | programme.waits_for)
    for state, person, session in rows.values_list("state", "person_id", "session_id"):
        sign_ups[state].setdefault(person, set()).add(session)
    memberships = Membership.objects.filter(
        Q(person__in={*programme.people}.union(*sign_ups.values()))
        | Q(category__in=programme.categories)
        | Q(party__in=programme.parties, capacity=Capacity.HEAD),
        person__summit=summit,
    )
    members = {
        person: _Member(party, category, capacity == Capacity.HEAD)
        for person, party, category, capacity in memberships.values_list(
            "person_id", "party_id", "category_id", "capacity"
        )
    }
    return _AffectedPeople(members, sign_ups[SignUpState.PLACE], sign_ups[SignUpState.WAITING])


def readers(summit: Summit, changes: Iterable[SessionChange]) -> list[Recipient]:
    """Return the mailboxes of all readers affected by these changes. Makes a constant number of queries.

    Parties that don't take part (delegations.invitations.selectors.taking_part) and their people are left out. A
    party's mailboxes (its focal points', or its mission's) read the programme of the party and of its affected
    members. A person's own mailbox reads only this person's programme; the mailbox of a head also reads the party's
    programme.
    """
    programme = affected_programme(changes)
    affected = _affected_people(summit, programme)
    people = {*programme.people, *affected.members, *affected.signed_up, *affected.waits_for}
    parties = {*programme.parties, *(member.party for member in affected.members.values())}
    people = set(people_taking_part(people).values_list("pk", flat=True))
    parties = set(taking_part().filter(pk__in=parties).values_list("pk", flat=True))
    party_mailboxes = {
        (mailbox.address, mailbox.party_id)
        for mailbox in mailboxes_selectors.for_members(summit=summit, party_ids=parties, person_ids=set())
    }
    by_party: dict[int, set[int]] = {}
    for person, member in affected.members.items():
        by_party.setdefault(member.party, set()).add(person)
    recipients = []
    for mailbox in mailboxes_selectors.for_members(summit=summit, party_ids=parties, person_ids=people):
        is_desk = mailbox.party_id is not None and (mailbox.address, mailbox.party_id) in party_mailboxes
        recipients.append(_reader(mailbox, affected, by_party.get(mailbox.party_id or 0, set()) if is_desk else None))
    return recipients


def _reader(mailbox: Mailbox, affected: _AffectedPeople, party_members: set[int] | None) -> Recipient:
    """Return the reader of a mailbox.

    `party_members` are the party's affected members if the mailbox belongs to the party, otherwise None.
    """
    people = mailbox.person_ids | (party_members or set())
    programmes = {person: affected.programme(person) for person in sorted(people)}
    own_parties = {mailbox.party_id} if party_members is not None and mailbox.party_id else set()
    heads = {
        person: member.party
        for person in mailbox.person_ids
        if (member := affected.members.get(person)) and member.heads
    }
    if own_parties:
        programmes[DELEGATION] = Programme(parties=frozenset(own_parties))
    else:
        # In a head's own mailbox, the party's place counts as the head's.
        programmes |= {person: _and_party(programmes[person], party) for person, party in heads.items()}
    return Recipient(mailbox, _together(programmes.values(), own_parties | set(heads.values())), programmes)


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
