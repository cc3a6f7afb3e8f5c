"""Texts from files: DOCX, Markdown and plain text become Markdown, with a report of what was left out or changed."""

from django.utils.translation import gettext as _

from press.domain.checks import LONGEST
from press.domain.incoming import docx, plain
from press.domain.incoming.report import Kind, Note, Report, Taken, Unreadable
from press.domain.incoming.writing import write
from press.domain.markdown import Block
from summit.models.validators import is_printable

__all__ = ["ENDINGS", "MOST_BYTES", "Note", "Taken", "Unreadable", "read"]

MOST_BYTES = 10 * 1024 * 1024
MARKDOWN = (".md", ".markdown", ".mdown")
# What a page that asks for a file offers to choose.
ENDINGS = (".docx", ".docm", *MARKDOWN, ".txt")
LONGEST_TITLE = 200


def read(*, filename: str, content: bytes) -> Taken:
    """Return a file's words as Markdown. Its bytes say what it is; its name only tells Markdown from plain text.

    Nothing in it is run or fetched. Raises Unreadable, in a sentence, for what is no text, broken, locked or too
    long.
    """
    _check(content)
    report, title = Report(), ""
    if content.startswith(b"PK"):
        title, blocks = _titled(docx.read(content, report), report)
        body = write(blocks, report)
    else:
        text = plain.decode(content, report)
        if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
            raise Unreadable(
                _("This file is a web page. Save its words as plain text or DOCX, and choose that file.")
            )
        if filename.lower().endswith(MARKDOWN):
            body, title = plain.read_markdown(text, report)
        else:
            body = plain.read_plain(text, report)
    body, title = _printable(body, report), " ".join(_printable(title, report).split())[:LONGEST_TITLE]
    if not any(character.isalnum() for character in body):
        raise Unreadable(_("There are no words in this file. Pictures of words can’t be read."))
    if len(body) > LONGEST:
        said = _("The file has %(count)d characters; a text has %(most)d at most. Split it.")
        raise Unreadable(said % {"count": len(body), "most": LONGEST})
    return Taken(body, title, tuple(report.notes()))


def too_large() -> str:
    """Say that a file has more bytes than are read."""
    said = _("The file has more than %(n)d MB. Take pictures out of it, and choose it again.")
    return said % {"n": MOST_BYTES // 1024 // 1024}


def _check(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Unreadable(too_large())
    if not content.strip():
        raise Unreadable(_("The file is empty. Choose the one that holds the text."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an old or locked document. Save it as DOCX without a password."))
    if content.startswith(b"%PDF"):
        raise Unreadable(_("This is a PDF. Choose the document from which it was made, or save its words as text."))
    if content.lstrip()[:5] == b"{\\rtf":
        raise Unreadable(_("This is an RTF document. Save it as DOCX, and choose that file."))


def _titled(blocks: list[Block], report: Report) -> tuple[str, list[Block]]:
    """Take the title from the front of a document, where its first block is the only one of the first rank."""
    # What the style "Title" has stands above the headings, which begin with level 2.
    above = blocks[:1] if blocks and blocks[0].kind == "h" and blocks[0].level == 1 else []
    highest = above or [block for block in blocks if block.kind == "h" and block.level == 2]
    if not blocks or highest != blocks[:1]:
        return "", blocks
    title = " ".join(blocks[0].text.split())
    report.note(Kind.TITLE, title)
    return title, blocks[1:]


def _printable(text: str, report: Report) -> str:
    if is_printable(text):
        return text
    kept = "".join(character for character in text if is_printable(character))
    report.note(Kind.CONTROL, number=len(text) - len(kept))
    return kept
