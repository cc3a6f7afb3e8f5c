"""Whose pocket programme it is, and what stands in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from delegations.parties.selectors.party_names import Book
from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.models.labels import beside
from sessions.public import pocket_programme_pdf
from sessions.public.pocket_programme_pdf import Pocket, Said
from sessions.visibility.members import Members
from summit.people.models import Person
from summit.summits.models import Summit


@dataclass(frozen=True)
class Reader:
    """Who reads: for whose places, the parties of these, and who they are themselves where that is known."""

    members: Members
    parties: Sequence[Party]
    me: Person | None


def write(
    summit: Summit, updated_at: datetime | None, reader: Reader, rows: Iterable[ReleasedSession], *, own: bool
) -> tuple[str, bytes]:
    """Return what the programme of a reader is called as a file, and it as PDF in their language: of `rows`, which
    are their `own` or all that they may know of, which changed at `updated_at` last. Raises
    summit.pdf.fonts.MissingFontError where no font here prints one of its letters."""
    names = party_names.book(summit)
    whose = _whose(reader, names, summit.language)
    content = pocket_programme_pdf.write(Pocket(summit, updated_at, reader.members, whose, own, names), rows)
    return f"{summit.slug}-programme.pdf", content


def _whose(reader: Reader, names: Book, language: str) -> list[Said]:
    """Return whose programme it is: the reader's own, where they are known, and that of the parties they read for."""
    found = [Said(reader.me.label, language)] if reader.me else []
    for party in reader.parties:
        named = names.of(party)
        if named is not None and not (reader.me and not beside(reader.me.label, party.name)):
            found.append(Said(named.name, named.language))
    return found
