"""Convert DOCX, Markdown and plain text files to Markdown, with a report of what was left out or changed."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from press.imports.files import subprocess_reader
from press.imports.files.conversion import MARKDOWN, make
from press.imports.files.report import Heavy, ImportNote, NoteKind, ParsedFile, Unreadable
from summit.uploads import sandbox
from summit.uploads.budgets import DOCUMENT, MB
from summit.uploads.process_slots import Busy

__all__ = ["ENDINGS", "ImportNote", "ParsedFile", "Unreadable", "read"]

# The file name suffixes that upload forms accept.
ENDINGS = (".docx", ".docm", *MARKDOWN, ".txt")


def read(*, filename: str, content: bytes) -> ParsedFile:
    """Return the words of a file as Markdown, with a title and notes on what was left out or changed.

    The format is detected from the content. The file name only distinguishes Markdown from plain text. Nothing in the
    file is executed, and no link is followed. A small file is read in this process. Any other file is read in a
    separate process, which is killed if it exceeds its budget. Raises Unreadable, with a message for the
    user, for a file that isn't text, is broken, locked or too long.
    """
    _check(content)
    try:
        return make(filename=filename, content=content, small=True)
    except Heavy:
        return _read_apart(filename, content)


def _read_apart(filename: str, content: bytes) -> ParsedFile:
    arguments = {"filename": filename, "language": get_language()}
    try:
        result = sandbox.run(
            subprocess_reader.__file__,
            content,
            arguments,
            seconds=DOCUMENT.seconds,
            megabytes=DOCUMENT.megabytes,
            settings=True,
        )
    except sandbox.TooMuch:
        raise Unreadable(_("The file takes too long to read. Copy the text into a new file.")) from None
    except Busy:
        raise Unreadable(_("Other files are being processed. Try again in a minute.")) from None
    if "problem" in result:
        raise Unreadable(result["problem"])
    notes = (
        ImportNote(NoteKind(note["kind"]), note["number"], note["said"], tuple(note["quotes"]))
        for note in result["notes"]
    )
    return ParsedFile(result["body"], result["title"], tuple(notes))


def too_large() -> str:
    """Return the message for a file with too many bytes."""
    message = _("The file has more than %(n)d MB. Remove pictures and choose it again.")
    return message % {"n": DOCUMENT.largest // MB}


def _check(content: bytes) -> None:
    if len(content) > DOCUMENT.largest:
        raise Unreadable(too_large())
    if not content.strip():
        raise Unreadable(_("The file is empty. Choose another file."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This document is locked or in an old format. Save it as DOCX without a password."))
    if content.startswith(b"%PDF"):
        raise Unreadable(_("This is a PDF. Choose the original document, or save its text as plain text."))
    if content.lstrip()[:5] == b"{\\rtf":
        raise Unreadable(_("This is an RTF document. Save it as DOCX and choose that file."))
