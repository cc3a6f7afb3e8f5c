"""The pocket programme of a reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from delegations.parties.selectors.party_names import Book
from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.models.labels import party_suffix
from sessions.public import pocket_programme_pdf
from sessions.public.pocket_programme_pdf import Pocket, TextWithLanguage
from sessions.visibility.viewers import Members
from summit.core.file_names import file_name
from summit.people.models import Person
from summit.summits.models import Summit


@dataclass(frozen=True)
class ProgrammeReader:
    """The reader of a programme.

    `members` are the parties and people for whom the reader reads. `parties` are the same parties as rows. `me` is
    the reader's own person or None.
    """

    members: Members
    parties: Sequence[Party]
    me: Person | None


def write(
    summit: Summit,
    updated_at: datetime | None,
    reader: ProgrammeReader,
    rows: Iterable[ReleasedSession],
    *,
    own: bool,
) -> tuple[str, bytes]:
    """Return the file name and the PDF of a reader's programme, in the reader's language.

    With `own`, `rows` are the reader's own sessions, otherwise all sessions that the reader may know of. `updated_at`
    is the time of the last release that changed these sessions.
    Raises summit.pdf.fonts.MissingFontError if no installed font has one of the characters.
    """
    names = party_names.book(summit)
    owners = _whose(reader, names, summit.language)
    content = pocket_programme_pdf.write(Pocket(summit, updated_at, reader.members, owners, own, names), rows)
    return file_name(_("Pocket programme"), summit.reads_as.short_name, ending="pdf"), content


def _whose(reader: ProgrammeReader, names: Book, language: str) -> list[TextWithLanguage]:
    """Return the names of the programme's owners: the reader, if known, and the parties that they read for."""
    found = [TextWithLanguage(reader.me.label, language)] if reader.me else []
    for party in reader.parties:
        party_name = names.of(party)
        if party_name is not None and not (reader.me and not party_suffix(reader.me.label, party.name)):
            found.append(TextWithLanguage(party_name.name, party_name.language))
    return found
