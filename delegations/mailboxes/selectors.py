"""Where parties and people are reached."""

from collections.abc import Iterable
from dataclasses import dataclass

from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from summit.people.models import Person
from summit.summits.models import Summit


@dataclass(frozen=True)
class Mailbox:
    """A mailbox as it stands for one party.

    An address that serves two parties is two of these, so that no message tells one party of the other.
    `party_key` names the party in messages' recipient keys ("people" where there is no party); `person_ids` are those
    of the people asked for whom this mailbox reaches. `zone` is the time zone of whoever reads it, "" where nobody
    has said.
    """

    address: str
    language: str
    party_id: int | None
    party_key: str
    person_ids: frozenset[int]
    zone: str = ""


class _Book:
    """Collects mailboxes, one for each address and party, whatever the address' capitals."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int | None], Mailbox] = {}

    def add(
        self, *, address: str, language: str, party: Party | None, people: Iterable[int] = (), zone: str = ""
    ) -> None:
        """Add a mailbox, or people to one that is there."""
        key = (address.strip().casefold(), party.pk if party else None)
        before = self._found.get(key)
        self._found[key] = Mailbox(
            address=before.address if before else address.strip(),
            language=before.language if before else language,
            party_id=key[1],
            party_key=f"party:{party.public_id}" if party else "people",
            person_ids=(before.person_ids if before else frozenset()) | frozenset(people),
            zone=(before.zone if before else "") or zone,
        )

    def all(self) -> list[Mailbox]:
        """Return what was collected, by party and address."""
        return sorted(self._found.values(), key=lambda box: (box.party_id or 0, box.address))


def focal_points(party_ids: Iterable[int]) -> dict[int, list[FocalPoint]]:
    """Return the focal points that have an e-mail address, by the parties' primary keys. One query."""
    found: dict[int, list[FocalPoint]] = {}
    rows = FocalPoint.objects.filter(party__in=party_ids).exclude(person__email="").select_related("person")
    for row in rows.order_by("id"):
        found.setdefault(row.party_id, []).append(row)
    return found


def for_members(*, summit: Summit, party_ids: set[int], person_ids: set[int]) -> list[Mailbox]:
    """Return the mailboxes that reach these parties and people of a summit, one for each address and party.

    A party is reached at its focal points' e-mail, or at its mission's mailbox where no focal point has one; a person
    at their own, or else as their party is. Who has no mailbox at all is missing from the answer. Four queries,
    whatever the numbers.
    """
    members = Membership.objects.filter(person__in=person_ids, person__summit=summit)
    party_of = dict(members.values_list("person_id", "party_id"))
    # There may be thousands: values are read and no objects made.
    people = Person.objects.filter(pk__in=person_ids, summit=summit).order_by("id")
    persons = people.values_list("pk", "email", "language", "time_zone")
    wanted = set(party_ids) | set(party_of.values())
    parties = {party.pk: party for party in Party.objects.filter(pk__in=wanted, summit=summit)}
    focal = focal_points(parties)
    book = _Book()
    # Parties first: where an address is both a party's and a person's, the party's language of letters counts.
    for party in parties.values():
        if party.pk in party_ids:
            _add_party(book, party, focal)
    for person, address, language, zone in persons:
        own_party = parties.get(party_of.get(person, 0))
        if address:
            book.add(address=address, language=language, party=own_party, people=[person], zone=zone)
        elif own_party is not None:
            _add_party(book, own_party, focal, people=[person])
    return book.all()


def for_letters(parties: Iterable[Party]) -> list[Mailbox]:
    """Return the mailboxes to which letters to these parties go, one for each address and party. One query.

    A party that the host recognises is written to through its mission and at its focal points' e-mail. One that it
    doesn't recognise is written to at its focal points, and at its mailbox only where none of them has an address.
    Who has no mailbox at all is missing from the answer.
    """
    wanted = {party.pk: party for party in parties}
    focal = focal_points(wanted)
    book = _Book()
    for party in wanted.values():
        addresses = [row.person.email for row in focal.get(party.pk, [])]
        if party.mission_email and (party.recognised or not addresses):
            addresses.insert(0, party.mission_email)
        for address in addresses:
            book.add(address=address, language=party.language, party=party)
    return book.all()


def _add_party(book: _Book, party: Party, focal: dict[int, list[FocalPoint]], people: Iterable[int] = ()) -> None:
    zones = {row.person.email: row.person.time_zone for row in focal.get(party.pk, [])}
    if not zones and party.mission_email:
        zones = {party.mission_email: ""}
    for address, zone in zones.items():
        book.add(address=address, language=party.language, party=party, people=people, zone=zone)
