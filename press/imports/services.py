"""Import a folder of speeches into a summit: each file becomes a draft transcript of its speech.

Each file is written in its own transaction, so a file that can't be read doesn't stop the others. Importing the same
folder again writes nothing, since a text is identified by speech, wording and language. Texts that were changed after
an import are never overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from delegations.imports.selectors.existing_rows import ExistingRows, read_existing
from delegations.imports.services.importer import read_in
from delegations.members.services import people
from delegations.parties.models.parties import Party
from delegations.parties.selectors.party_names import Books, kind_word
from press.embargoes.services import embargoes
from press.imports import files as files_imports
from press.imports.files.report import ParsedFile, Unreadable
from press.imports.folder_files import SpeechFile
from press.imports.speakers import SpeakerRow, party_of, rows_of, speaker_of
from press.texts.errors import DecisionRefused
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import Text, TextKind, TextVersion, Wording
from press.texts.permissions import check_can_write
from press.texts.services import decisions, editions, texts
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from sessions.draft.services.agenda_lock import lock
from sessions.speakers.services import imported_speeches
from summit.audit.services import SYSTEM
from summit.imports.report import ImportReport, Outcome, ReportLine
from summit.imports.table_parsing import Table
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


@dataclass(frozen=True)
class Order:
    """The files to import, and the options of the import.

    With `make_parties`, missing parties and people are created from `table`. `moment` is the moment of the new texts,
    or None to set no moment. With `submit`, new texts are submitted for review.
    """

    summit: Summit
    session: Session
    by: User
    files: Sequence[SpeechFile]
    table: Table | None = None
    make_parties: bool = False
    wording: str = Wording.DELIVERED
    moment: datetime | None = None
    submit: bool = False
    # The names of further files, which are no speeches.
    unused: Sequence[str] = ()
    # The files among `files` that are imported now; None means all.
    rows: slice | None = None


# Users who let parties be created from the table also confirm parties that aren't in the list of countries.
MAKE = {"* enter": "enter", "* kind": "international"}


class _Refused(Exception):
    """A file isn't imported. The message says why, and what to do."""


def import_speeches(order: Order) -> ImportReport:
    """Import speeches into a summit, and return a report with the outcome of each file.

    Raises PermissionDenied. Raises ImportProblem if the table has no column that identifies the parties.
    """
    check_can_write(order.by, order.summit)
    rows = rows_of(order.table) if order.table else {}
    report = ImportReport()
    of_table = None
    first = order.rows is None or not order.rows.start
    if order.make_parties and order.table and first:
        of_table = read_in(summit=order.summit, table=order.table, by=SYSTEM, answers=MAKE)
    running = _Import(order, rows, read_existing(order.summit), of_table)
    speeches = running.add_speeches()
    for file in order.files[order.rows or slice(None)]:
        report.lines.append(running.line(file))
    codes = {file.code for file in order.files}
    report.facts = {
        "speeches": speeches,
        "unused": list(order.unused),
        "without_file": [code for code in rows if code not in codes],
        "speakers": _checked_rows(of_table),
    }
    return report


def _checked_rows(of_table: ImportReport | None) -> list[str]:
    """Return a sentence for each row of the table of speakers that somebody should check."""
    lines = of_table.lines if of_table else []
    return [
        f"{line.number} ({line.label}) {line.part_of}, {line.name}: {' '.join(line.notes)}"
        for line in lines
        if line.odd or line.outcome == Outcome.REFUSED
    ]


@dataclass
class _Import:
    order: Order
    rows: dict[str, SpeakerRow]
    known: ExistingRows
    # The report on the table of speakers, or None unless parties and people were created from it.
    of_table: ImportReport | None
    slots: dict[str, Slot | _Refused] = field(default_factory=dict)
    # The first file of each speech in a language.
    first: dict[tuple[int, str], SpeechFile] = field(default_factory=dict)
    # The numbers of the table's rows from which a speaker was created.
    entered: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.books = Books(self.order.summit)

    def add_speeches(self) -> int:
        """Create missing speeches of the parties with a file, in the order of the table, and return their number.

        Then the speech of each code, or the reason why there is none, is stored in `slots`.
        """
        self._add_known_speakers()
        codes = dict.fromkeys(file.code for file in self.order.files)
        speeches = []
        for code, row in self.rows.items():
            party = party_of(self.known, code, row) if code in codes and not row.contradicted_by else None
            speaker = speaker_of(self.known, party, row) or self._entered(party, row) if party else None
            if party and speaker:
                speeches.append((speaker, party))
                self._speaks(row, party, new=row.number in self.entered)
        added = imported_speeches.add_all(session=self.order.session, speeches=speeches, by=SYSTEM)
        slots = Slot.objects.filter(session=self.order.session).select_related("session", "speaker", "party")
        listed = list(slots.order_by("position", "pk"))
        for code in codes:
            self.slots[code] = self._slot(code, listed)
        return len(added)

    def _add_known_speakers(self) -> None:
        """Add people who give a speech for a party, but aren't members of it, to the known people of the party."""
        parties = {party.pk: party for party in self.known.parties()}
        slots = Slot.objects.filter(session__summit=self.order.summit, party__in=parties, speaker__membership=None)
        for slot in slots.select_related("speaker").order_by("pk"):
            self.known.add_person(parties[slot.party_id or 0], slot.speaker)

    def _entered(self, party: Party, row: SpeakerRow) -> Person | None:
        """Create the speaker in a row of the table, who may be another person than the head of delegation.

        Returns None without the option `make_parties`, and for a row without a valid speaker.
        """
        if not self.order.make_parties or not row.speaker:
            return None
        values = {"name": row.speaker, "office": row.office, "language": party.language}
        try:
            person = people.create(party=party, values=values, by=SYSTEM)
        except ValidationError:
            return None
        self.known.add_person(party, person)
        self.entered.add(row.number)
        return person

    def _speaks(self, row: SpeakerRow, party: Party, *, new: bool) -> None:
        """Correct the outcome of a row that was refused because the party has another head of delegation.

        The person in the row isn't the head, but is imported as a speaker.
        """
        lines = self.of_table.lines if self.of_table else []
        line = next((each for each in lines if each.number == row.number), None)
        if line is not None and line.outcome == Outcome.REFUSED:
            line.outcome = Outcome.NEW.value if new else Outcome.SAME.value
            message = _(
                "%(party)s already has a head of delegation. This person is added as a speaker, not as a member."
            )
            line.notes = [message % {"party": party.name}]

    def _slot(self, code: str, listed: list[Slot]) -> Slot | _Refused:
        row = self.rows.get(code)
        if row and row.contradicted_by:
            message = _(
                "Rows %(one)d and %(other)d of the table name different speakers for %(code)s. Correct one of them."
            )
            return _Refused(message % {"one": row.number, "other": row.contradicted_by, "code": code})
        party = party_of(self.known, code, row)
        if party is None:
            message = _("No delegation of this summit has the code %(code)s. Rename the file, or add the delegation.")
            return _Refused(message % {"code": code})
        slots = [slot for slot in listed if slot.party_id == party.pk]
        speaker = speaker_of(self.known, party, row) if row else None
        if speaker:
            slots = [slot for slot in slots if slot.speaker_id == speaker.pk]
        if row and not speaker:
            message = _("%(party)s has no one called %(name)s. Correct the table, or add the person.")
            return _Refused(message % {"name": row.speaker or row.office, "party": party.name})
        if len(slots) != 1:
            message = _("%(party)s has %(number)d speeches in this session. Add a table of speakers.")
            return _Refused(message % {"party": party.name, "number": len(slots)})
        return slots[0]

    def line(self, file: SpeechFile) -> ReportLine:
        """Import a file, and return the line of the report with its outcome. Errors are part of the outcome."""
        line = ReportLine(number=self.order.files.index(file) + 1, part_of=file.name)
        try:
            slot = self.slots[file.code]
            if isinstance(slot, _Refused):
                raise slot
            if file.language not in dict(settings.LANGUAGES):
                raise _Refused(_("“%(code)s” is not one of the text languages.") % {"code": file.language})
            first = self.first.setdefault((slot.pk, file.language), file)
            if first is not file and first.content != file.content:
                message = _("“%(name)s” is the same speech in the same language. Remove one of them.")
                raise _Refused(message % {"name": first.name})
            taken = files_imports.read(filename=file.name, content=file.content)
            line.notes = [*self._about(file.code, slot), *(note.said for note in taken.notes)]
            line.name = taken.title or self._title(slot, file.language)
            with transaction.atomic():
                lock(self.order.summit)
                line.outcome = self._write(file, slot, line.name, taken)
        except (_Refused, Unreadable, DecisionRefused) as problem:
            line.outcome, line.notes = Outcome.REFUSED.value, [str(problem)]
        except ValidationError as problem:
            line.outcome, line.notes = Outcome.REFUSED.value, list(problem.messages)
        return line

    def _about(self, code: str, slot: Slot) -> list[str]:
        """Return a list with a note about the party of a speech, or an empty list if the party has an ISO code."""
        if slot.party is None or slot.party.iso_code:
            return []
        kind = kind_word(slot.party.kind, says_country=self.known.says_country)
        message = _("%(code)s is not an ISO 3166 code; it is used for %(party)s (%(kind)s).")
        return [message % {"code": code, "party": slot.party.name, "kind": kind}]

    def _title(self, slot: Slot, language: str) -> str:
        party_name = self.books.of(slot.party_id, language)
        name = slot.speaker.name or slot.speaker.office
        return f"{party_name.name}: {name}"[:200] if party_name else name

    def _write(self, file: SpeechFile, slot: Slot, title: str, taken: ParsedFile) -> str:
        order = self.order
        of_speech = Text.objects.filter(slot=slot, kind=TextKind.TRANSCRIPT, wording=order.wording)
        text = of_speech.filter(withdrawn_at__isnull=True).select_related("summit", "embargo").order_by("pk").first()
        version = TextVersion.objects.filter(text=text, language=file.language).first() if text else None
        if version is not None:
            outcome = self._compared(version, taken)
            return self._timed(version.text) or outcome
        if text is None:
            text = texts.create_text(
                summit=order.summit,
                kind=TextKind.TRANSCRIPT,
                wording=order.wording,
                slot=slot,
                title=title,
                body=taken.body,
                language=file.language,
                by=order.by,
            )
            if order.moment:
                embargoes.set_moment(embargo=text.embargo, moment=order.moment, by=order.by)
            version = text.versions.get()
        else:
            version = texts.add_language(text=text, language=file.language, title=title, body=taken.body, by=order.by)
        if order.submit:
            decisions.submit(edition=editions.newest(version), by=order.by)
        return Outcome.NEW.value

    def _timed(self, text: Text) -> str | None:
        """Set the requested moment on a text that exists already, and return the outcome.

        Returns None if no moment is requested, or if the text has a moment or waits for delivery.
        """
        embargo = text.embargo
        if self.order.moment is None or embargo.moment is not None or embargo.mode != EmbargoMode.MOMENT:
            return None
        embargoes.set_moment(embargo=embargo, moment=self.order.moment, by=self.order.by)
        return Outcome.CHANGED.value

    def _compared(self, version: TextVersion, taken: ParsedFile) -> str:
        newest = editions.newest(version)
        if newest.body.split() != taken.body.split():
            message = _(
                "Edition %(number)d of this speech has different text. To use the file, open the page of the text."
            )
            raise _Refused(message % {"number": newest.number})
        return Outcome.SAME.value
