"""Convert a file to Markdown: detect its format, read it, and check its length."""

from django.utils.translation import gettext as _

from press.imports.files import docx, plain_text
from press.imports.files.markdown_writer import write
from press.imports.files.report import FileReport, Heavy, NoteKind, ParsedFile, Unreadable
from press.texts.markdown_to_html import Block
from press.texts.selectors.edition_validation import LONGEST
from summit.core.validators import is_printable

MARKDOWN = (".md", ".markdown", ".mdown")
LONGEST_TITLE = 200
# In bytes. A text file up to this size is small. This is about a third of the longest text that can be saved.
SMALL = 60_000


def make(*, filename: str, content: bytes, small: bool) -> ParsedFile:
    """Return the words of a file as Markdown, with a title and notes on what was left out or changed.

    Raises Unreadable. Raises Heavy if `small` is true and the file isn't small.
    """
    report = FileReport()
    convert = _document if content.startswith(b"PK") else _text
    body, title = convert(filename, content, report, small)
    body, title = _printable(body, report), " ".join(_printable(title, report).split())[:LONGEST_TITLE]
    if not any(character.isalnum() for character in body):
        raise Unreadable(_("This file has no text. Text in pictures can’t be read."))
    _check_length(len(body))
    return ParsedFile(body, title, tuple(report.notes()))


def _document(filename: str, content: bytes, report: FileReport, small: bool) -> tuple[str, str]:
    blocks = docx.read(content, report, small=small)
    _check_length(sum(map(_length, blocks)))
    title, blocks = _titled(blocks, report)
    return write(blocks, report), title


def _text(filename: str, content: bytes, report: FileReport, small: bool) -> tuple[str, str]:
    if small and len(content) > SMALL:
        raise Heavy
    text = plain_text.decode(content, report)
    if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
        raise Unreadable(_("This is a web page. Save its text as plain text or DOCX and choose that file."))
    # Markup and spaces are removed later, but they are never three quarters of a text. So a longer file is too long.
    if len(text) > 4 * LONGEST:
        _check_length(len(text))
    if filename.lower().endswith(MARKDOWN):
        return plain_text.read_markdown(text, report)
    return plain_text.read_plain(text, report), ""


def _length(block: Block) -> int:
    return len(block.text) + sum(map(_length, block.children))


def _check_length(count: int) -> None:
    if count > LONGEST:
        message = _("The file has %(count)d characters. The limit is %(most)d: split it.")
        raise Unreadable(message % {"count": count, "most": LONGEST})


def _titled(blocks: list[Block], report: FileReport) -> tuple[str, list[Block]]:
    """Return the title of a document or "", and the blocks without the title.

    The first block is the title if it is the only heading of the highest level.
    """
    # Paragraphs with the style "Title" have level 1, and headings have levels from 2.
    above = blocks[:1] if blocks and blocks[0].kind == "h" and blocks[0].level == 1 else []
    highest = above or [block for block in blocks if block.kind == "h" and block.level == 2]
    if not blocks or highest != blocks[:1]:
        return "", blocks
    title = " ".join(blocks[0].text.split())
    report.note(NoteKind.TITLE, title)
    return title, blocks[1:]


def _printable(text: str, report: FileReport) -> str:
    if is_printable(text):
        return text
    printable = "".join(character for character in text if is_printable(character))
    report.note(NoteKind.CONTROL, number=len(text) - len(printable))
    return printable
