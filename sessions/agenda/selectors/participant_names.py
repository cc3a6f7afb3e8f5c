"""Names of participants in a session, with their party's name as the host approved it."""

from typing import Protocol

from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import Book, NamedParty
from sessions.draft.models.labels import party_suffix, with_party

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class HasPlace(Protocol):
    """A place in a session, as a release or a change describes it."""

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
    """Return the name of a participant and their party.

    The name includes the party where the office doesn't already name it.
    """
    if place.person_id is None and not place.slot_key:
        party = names.of(place.party_id)
        return (party.name if party else place.label), party
    party = names.of(None, place.party_label) if place.party_label else None
    shown = party.name if party and party_suffix(place.label, place.party_label) else place.party_label
    return with_party(place.label, shown), party


def raised(party: NamedParty | None, notes: Footnotes) -> str:
    """Return the superscript mark of a party's footnote in a line of text: "¹"."""
    return notes.mark(party).translate(RAISED)
