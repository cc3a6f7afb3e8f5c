"""Names of participants in a session, with their party's name as the host approved it."""

from typing import Protocol

from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import Book, NamedParty
from sessions.draft.models.labels import party_suffix, with_party

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class HasPlace(Protocol):
    """Protocol of a participant's place in a session, from a release or a change."""

    @property
    def party_id(self) -> int | None:
        """The party's primary key."""

    @property
    def person_id(self) -> int | None:
        """The person's primary key."""

    @property
    def slot_key(self) -> str:
        """The public id of the speech."""

    @property
    def label(self) -> str:
        """The released name."""

    @property
    def party_label(self) -> str:
        """The released name of a person's party."""


def called(place: HasPlace, names: Book) -> tuple[str, NamedParty | None]:
    """Return a participant's name, and their party or None.

    The name includes the party if the office doesn't already name it.
    """
    if place.person_id is None and not place.slot_key:
        party = names.of(place.party_id)
        return (party.name if party else place.label), party
    party = names.of(None, place.party_label) if place.party_label else None
    party_name = party.name if party and party_suffix(place.label, place.party_label) else place.party_label
    return with_party(place.label, party_name), party


def raised(party: NamedParty | None, notes: Footnotes) -> str:
    """Return the mark of a party's footnote as superscript digits, such as "¹"."""
    return notes.mark(party).translate(RAISED)
