"""The import of an archive of speeches: each file becomes the transcript of a speech, in draft."""

import io
import json
import zipfile
from base64 import b64decode, b64encode
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.imports import column_recognition
from delegations.imports.definitions import PEOPLE
from press.imports.folder_files import gather, is_hidden, is_speech
from press.imports.models import SPEECHES
from press.imports.services import Order, import_speeches
from press.search.models import SearchEntry, SearchWord
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion, Wording
from press.texts.permissions import check_can_write
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.audit.services import By
from summit.core.local_time import local_moment
from summit.core.punctuation import comma
from summit.imports import table_parsing
from summit.imports.definitions import (
    YES,
    ImportDefinition,
    ImportOption,
    ImportProblem,
    Parsed,
    Upload,
    WrittenModel,
    register,
)
from summit.imports.report import ImportReport
from summit.permissions.rules import refusal
from summit.summits.models import Summit
from summit.uploads.budgets import MB
from summit.uploads.budgets import SPEECHES as SPEECHES_BUDGET
from summit.users.models import User

TABLES = (".csv", ".xlsx")
SESSION = Slot._meta.get_field("session")


def sessions_to_speak_in(summit: Summit) -> QuerySet[Session]:
    """Return the sessions that an archive may be of: those that aren't cancelled, in the order of their times."""
    return Session.objects.filter(summit=summit, cancelled_at=None).order_by("starts_at", "pk")


def _sessions(summit: Summit) -> list[tuple[str, Any]]:
    return [(row.public_id, row.title) for row in sessions_to_speak_in(summit)]


def _languages(summit: Summit) -> list[tuple[str, Any]]:
    return [("", _("the summit’s first language")), *settings.LANGUAGES]


def _check_moment(summit: Summit, value: str) -> str:
    try:
        if value:
            local_moment(value, summit.zone)
    except ValueError as problem:
        raise ImportProblem(str(problem)) from problem
    return value


class SpeechesImport(ImportDefinition[Order]):
    """A ZIP archive of speeches, with or without a table that says who speaks.

    Each file is written in its own transaction within the step, so that a file that can’t be read stops no other.
    Texts that were changed after an import are never overwritten.
    """

    kind = SPEECHES
    label = gettext_lazy("speeches")
    permission = "press.write"
    budget = SPEECHES_BUDGET
    number_label = gettext_lazy("No.")
    about_label = gettext_lazy("Speech")
    accepts = gettext_lazy("ZIP archive of DOCX, Markdown or plain text files, up to 20 MB.")
    introduction = gettext_lazy(
        "Each file becomes a draft transcript. File names start with the code of the delegation: FRA.docx, or "
        "FRA.fr.docx for another language. The archive can include a table of speakers. You see a preview of each "
        "file before anything is imported. You can import the same archive again without creating duplicates."
    )
    options = (
        ImportOption(name="session", label=gettext_lazy("Session"), choices=_sessions, found_by=SESSION),
        ImportOption(
            name="wording",
            label=gettext_lazy("Wording"),
            choices=lambda summit: [(value, name) for value, name in Wording.choices if value != Wording.NONE],
            default=Wording.DELIVERED.value,
        ),
        ImportOption(
            name="language",
            label=gettext_lazy("Default language"),
            choices=_languages,
        ),
        ImportOption(
            name="publish_at",
            label=gettext_lazy("Publish at"),
            help_text=gettext_lazy("Time at the venue, such as 2025-03-31 09:30. Leave blank to schedule later."),
            clean=_check_moment,
        ),
        ImportOption(name="submit", label=gettext_lazy("Submit for review"), flag=True),
        ImportOption(name="make_parties", label="make_parties", flag=True, internal=True),
    )
    writes = (
        *PEOPLE.writes,
        WrittenModel(Session, "summit", counters=("revision",)),
        WrittenModel(Slot, "session__summit"),
        WrittenModel(Embargo, "summit"),
        WrittenModel(Text, "summit"),
        WrittenModel(TextVersion, "text__summit"),
        WrittenModel(Edition, "version__text__summit"),
        WrittenModel(SearchEntry, "edition__version__text__summit"),
        WrittenModel(SearchWord, "summit"),
    )

    def check_permission(self, *, summit: Summit, party_key: str, by: By) -> None:
        """Raise PermissionDenied unless `by` may write texts. Their name stands by the texts."""
        if not isinstance(by, User):
            raise PermissionDenied(refusal(self.permission))
        check_can_write(by, summit)

    def parse(self, *, summit: Summit, filename: str, content: bytes, party_key: str, by: By) -> Parsed:
        """Return the archive's files to store. Raises ImportProblem if it can't be read, or has too much in it."""
        if is_speech(filename):
            raise ImportProblem(_("This is one speech, not an archive. Choose “Add text” to import it."))
        files = unpacked(content)
        number = sum(map(is_speech, files))
        if not number:
            raise ImportProblem(_("The archive has no texts. Choose one with DOCX, Markdown or plain text files."))
        if len(_tables(files)) > 1:
            raise ImportProblem(_("The archive has several tables. Keep only the table of speakers."))
        stored = {name: b64encode(data).decode() for name, data in files.items()}
        return Parsed(json.dumps(stored, ensure_ascii=False).encode(), number)

    def prepare(self, upload: Upload, rows: slice) -> Order:
        """Return the files to import and the options of the import. Raises ImportProblem."""
        files = {name: b64decode(data) for name, data in json.loads(upload.content).items()}
        summit, options, table = upload.summit, upload.options, next(iter(_tables(files)), None)
        session = Session.objects.select_related("summit").filter(summit=summit, public_id=options["session"]).first()
        if session is None or not isinstance(upload.by, User):
            raise ImportProblem(_("The session of these speeches no longer exists. Choose the archive again."))
        return Order(
            summit=summit,
            session=session,
            by=upload.by,
            files=gather(files, language=options["language"] or summit.language),
            table=None
            if table is None
            else table_parsing.read(filename=table, content=files[table], recognised=column_recognition.recognised),
            make_parties=options["make_parties"] == YES,
            wording=options["wording"],
            moment=local_moment(options["publish_at"], summit.zone) if options["publish_at"] else None,
            submit=options["submit"] == YES,
            unused=[name for name in files if name != table and not is_speech(name)],
            rows=rows,
        )

    def preview(self, upload: Upload) -> ImportReport:
        """Write the speeches, roll back, and return the report."""
        order = self.prepare(upload, slice(None))
        with transaction.atomic():
            report = import_speeches(order)
            transaction.set_rollback(True)
        return report

    def write(self, upload: Upload, prepared: Order) -> ImportReport:
        """Write the speeches, and return the report on them."""
        return import_speeches(prepared)

    def notices(self, report: ImportReport) -> list[str]:
        """Return sentences about new speeches, about the table of speakers, and about what isn't used."""
        facts = report.facts
        found = list(facts.get("speakers", ()))
        if facts.get("speeches"):
            found.append(_("New speeches in the session: %(number)d") % {"number": facts["speeches"]})
        if facts.get("unused"):
            message = _("Skipped because they are not DOCX, Markdown or plain text: %(names)s.")
            found.append(message % {"names": comma().join(facts["unused"])})
        if facts.get("without_file"):
            found.append(
                _("In the table but without a file: %(names)s.") % {"names": comma().join(facts["without_file"])}
            )
        return found


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return a dict from paths to the files of a ZIP archive, without hidden files. Raises ImportProblem."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir() and not is_hidden(each.filename)]
            if (
                len(entries) > SPEECHES_BUDGET.entries
                or sum(each.file_size for each in entries) > SPEECHES_BUDGET.unpacked
            ):
                message = _("The archive has more than %(files)d files or %(n)d MB. Split it.")
                raise ImportProblem(message % {"files": SPEECHES_BUDGET.entries, "n": SPEECHES_BUDGET.unpacked // MB})
            # ZipFile never reads more of a file than its entry says.
            return {each.filename: archive.read(each) for each in sorted(entries, key=lambda each: each.filename)}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as problem:
        message = _("This archive can’t be read. Pack the files as a ZIP archive without a password.")
        raise ImportProblem(message) from problem


def _tables(files: dict[str, bytes]) -> list[str]:
    return [name for name in files if name.lower().endswith(TABLES)]


register(SpeechesImport())
