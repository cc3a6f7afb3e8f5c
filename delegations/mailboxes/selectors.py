"""Selects the mailboxes that reach parties and people."""

from collections.abc import Iterable
from dataclasses import dataclass

from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.parties.models.parties import Party
from summit.core.languages import spoken
from summit.outbox.addressees import Addressee
from summit.people.models import Person
from summit.summits.models import Summit


@dataclass(frozen=True)
class Mailbox:
    """A mailbox as it is used for one party.

    A mail address that serves two parties is two Mailboxes, so that no message tells one party about the other.
    `party_key` names the party in messages' recipient keys ("people" if there is no party). `person_ids` are the
    primary keys of the requested people whom this mailbox reaches. `zone` is the recipient's time zone, or "" if it
    isn't known.
    """

    address: str
    language: str
    party_id: int | None
    party_key: str
    person_ids: frozenset[int]
    zone: str = ""

    @property
    def addressee(self) -> Addressee:
        """The mailbox as the addressee of a message, in its language."""
        return Addressee(self.party_key, self.address, self.language)


class _Book:
    """Collects mailboxes, one for each party and address; capitals in an address don't matter."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int | None], Mailbox] = {}

    def add(
        self, *, address: str, language: str, party: Party | None, people: Iterable[int] = (), zone: str = ""
    ) -> None:
        """Add a mailbox. If it is already there, add the people to it."""
        key = (address.strip().casefold(), party.pk if party else None)
        existing = self._found.get(key)
        self._found[key] = Mailbox(
            address=existing.address if existing else address.strip(),
            language=existing.language if existing else language,
            party_id=key[1],
            party_key=f"party:{party.public_id}" if party else "people",
            person_ids=(existing.person_ids if existing else frozenset()) | frozenset(people),
            zone=(existing.zone if existing else "") or zone,
        )

    def all(self) -> list[Mailbox]:
        """Return the collected mailboxes, sorted by party and address."""
        return sorted(self._found.values(), key=lambda box: (box.party_id or 0, box.address))


def focal_points(party_ids: Iterable[int]) -> dict[int, list[FocalPoint]]:
    """Return a dict from primary keys of parties to their focal points with an e-mail address. Makes one query."""
    points_by_party: dict[int, list[FocalPoint]] = {}
    rows = FocalPoint.objects.filter(party__in=party_ids).exclude(person__email="").select_related("person")
    for row in rows.order_by("id"):
        points_by_party.setdefault(row.party_id, []).append(row)
    return points_by_party


def for_members(*, summit: Summit, party_ids: set[int], person_ids: set[int]) -> list[Mailbox]:
    """Return the mailboxes that reach these parties and people of a summit, one for each address and party.

    A party is reached through the e-mail of its focal points, or through its mission's mailbox if no focal point has
    an e-mail. A person is reached at their own e-mail, or otherwise like their party. Parties and people without any
    mailbox are missing from the result. Makes four queries, whatever the numbers.
    """
    members = Membership.objects.filter(person__in=person_ids, person__summit=summit)
    party_of = dict(members.values_list("person_id", "party_id"))
    # There may be thousands of people: reading values is faster than creating objects.
    people = Person.objects.filter(pk__in=person_ids, summit=summit).order_by("id")
    person_values = people.values_list("pk", "email", "language", "time_zone")
    party_keys = set(party_ids) | set(party_of.values())
    parties = {party.pk: party for party in Party.objects.filter(pk__in=party_keys, summit=summit)}
    focal = focal_points(parties)
    book = _Book()
    # Parties come first: if an address is both a party's and a person's, the party's language is used.
    for party in parties.values():
        if party.pk in party_ids:
            _add_party(book, party, focal)
    for person, address, language, zone in person_values:
        own_party = parties.get(party_of.get(person, 0))
        if address:
            book.add(address=address, language=language, party=own_party, people=[person], zone=zone)
        elif own_party is not None:
            _add_party(book, own_party, focal, people=[person])
    return book.all()


def written_languages(summit: Summit) -> list[str]:
    """Return the languages, besides the summit's first one, in which its parties and people are written to.

    Makes two queries.
    """
    parties = Party.objects.filter(summit=summit).order_by().values_list("language", flat=True).distinct()
    people = Person.objects.filter(summit=summit).exclude(email="").order_by().values_list("language", flat=True)
    return sorted({spoken(code) for code in (*parties, *people.distinct())} - {summit.language})


def for_letters(parties: Iterable[Party]) -> list[Mailbox]:
    """Return the mailboxes to which letters to these parties are sent, one for each address and party. Makes one
    query.

    A party that the host recognises gets its letters at its mission's mailbox and at its focal points' e-mail. A
    party that the host doesn't recognise gets them at its focal points' e-mail, and at its mission's mailbox only if
    no focal point has an e-mail. Parties without any mailbox are missing from the result.
    """
    party_by_key = {party.pk: party for party in parties}
    focal = focal_points(party_by_key)
    book = _Book()
    for party in party_by_key.values():
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
