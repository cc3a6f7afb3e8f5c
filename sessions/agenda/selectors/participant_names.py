"""How somebody who takes part in a session is called, with the party as its host has approved the name."""

from typing import Protocol

from delegations.parties.selectors.footnotes import Footnotes
from delegations.parties.selectors.party_names import Book, Named
from sessions.draft.models.labels import beside, with_party

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class HasPlace(Protocol):
    """A place in a session, as a release or a change tells it."""

    @property
    def party_id(self) -> int | None:
        """The party, by its primary key."""

    @property
    def person_id(self) -> int | None:
        """The person, by their primary key."""

    @property
    def slot_key(self) -> str:
        """The speech, by its public id."""

    @property
    def label(self) -> str:
        """The name that was released."""

    @property
    def party_label(self) -> str:
        """The name of a person's party that was released."""


def called(place: HasPlace, names: Book) -> tuple[str, Named | None]:
    """Return what somebody is called, with their party where the office doesn't name it already, and that party."""
    if place.person_id is None and not place.slot_key:
        party = names.of(place.party_id)
        return (party.name if party else place.label), party
    party = names.of(None, place.party_label) if place.party_label else None
    shown = party.name if party and beside(place.label, place.party_label) else place.party_label
    return with_party(place.label, shown), party


def raised(party: Named | None, notes: Footnotes) -> str:
    """Return the mark of a party's footnote as it stands in a line of text: "¹"."""
    return notes.mark(party).translate(RAISED)
