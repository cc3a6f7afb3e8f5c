"""Read plain text and Markdown files: detect the encoding, find paragraphs, and remove what can't be published."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import nh3
from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from press.imports.files.markdown_writer import write
from press.imports.files.report import FileReport, NoteKind, Unreadable
from press.texts.markdown_escaping import escape
from press.texts.markdown_to_html import SCHEMES, Block, blocks_of

SAMPLE = 256 * 1024
# The usual encodings of office files that aren't UTF-8: Western, Central European, Cyrillic, Greek, Turkish, Hebrew,
# Arabic, Chinese, Japanese and Korean.
ENCODINGS = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("gb18030", "big5", "shift_jis", "euc_kr"),
]
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# In characters. Longer lines than the first weren't wrapped, since mail programs and typewriters wrap at 60 to 80.
# Most wrapped lines have at least the second length.
LONGEST_WRAPPED, SHORTEST_WRAPPED = 110, 50
_BREAKS = re.compile(r"\r\n?|\u2028|\x85")
_SIGNS_IN_WORDS = re.compile(r"[^\W\d_][¹²³¼½¾¿¡¥£¢¤¦§¨©ª«¬®¯°±´µ¶·¸º»]+[^\W\d_]")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FRONT_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.M | re.I)
_FOOTNOTE = re.compile(r"^\[\^([^\]\s]+)\]:[ \t]*(.*(?:\n(?:[ \t]{2,}.*))*)\n?", re.M)


def decode(content: bytes, report: FileReport) -> str:
    """Return the characters of a text file, with a line feed for each line break. A guessed encoding is noted.

    Raises Unreadable if the file isn't text or no encoding fits.
    """
    return (
        _BREAKS.sub("\n", _decoded(content, report))
        .replace("\f", "\n\n")
        .replace("\u2029", "\n\n")
        .replace("\v", "\n")
    )


def _decoded(content: bytes, report: FileReport) -> str:
    if content.startswith(_UTF16):
        return content.decode("utf-16", "replace")
    if b"\0" in content[:SAMPLE]:
        raise Unreadable(_("This file is not text. Choose one saved as DOCX, Markdown or plain text."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    guess = _guessed(content[:SAMPLE])
    if not guess:
        raise Unreadable(
            _("The character encoding of this file is unknown. Save it as plain text in UTF-8, or as DOCX.")
        )
    report.note(NoteKind.LETTERS, guess)
    return content.decode(guess, "replace")


def _guessed(sample: bytes) -> str:
    """Return the most likely encoding of bytes that aren't UTF-8, or "".

    Of equally good guesses, it is the first one in ENCODINGS that gives no words with signs such as ³ inside.
    """
    guesses = from_bytes(sample, cp_isolation=ENCODINGS)
    best = guesses.best()
    if best is None:
        return ""
    as_good = [each.encoding for each in guesses if each.chaos <= best.chaos and each.coherence >= best.coherence]
    for name in sorted(as_good, key=ENCODINGS.index):
        if not _SIGNS_IN_WORDS.search(sample.decode(name, "replace")):
            return name
    return best.encoding


def read_plain(text: str, report: FileReport) -> str:
    """Return plain text as Markdown that renders the same words. Changes to line breaks are noted in `report`."""
    groups = [[line.strip() for line in group.split("\n")] for group in re.split(r"\n[^\S\n]*\n\s*", text.strip())]
    groups = [[line for line in group if line] for group in groups]
    return "\n\n".join(escape(paragraph) for paragraph in _paragraphs(groups, report) if paragraph) + "\n"


def _paragraphs(groups: list[list[str]], report: FileReport) -> Iterator[str]:
    """Yield the paragraphs in groups of lines. Empty lines separate the groups in the file.

    A line break was either made by the author or by wrapping. If a line is too long to be wrapped, each line is a
    paragraph, as in the verbatim records of the UN. Otherwise each group is a paragraph.
    """
    multiline = [group for group in groups if len(group) > 1]
    lines = [line for group in multiline for line in group]
    if any(len(line) > LONGEST_WRAPPED for line in lines):
        report.note(NoteKind.PARAGRAPHS)
        yield from (line for group in groups for line in group)
        return
    lengths = [len(line) for group in multiline for line in group[:-1]]
    wrapped = bool(lengths) and sum(length >= SHORTEST_WRAPPED for length in lengths) > len(lengths) * 0.7
    if wrapped:
        report.note(NoteKind.WRAPPED)
    yield from ((" " if wrapped else "\n").join(group) for group in groups)


def read_markdown(text: str, report: FileReport) -> tuple[str, str]:
    """Return Markdown without front matter, footnotes, HTML and images, and the title or "".

    The title comes from the front matter, or from the first heading if no other heading has level 1. Markdown without
    such parts is returned as written.
    """
    title = ""
    if front := _FRONT.match(text):
        report.note(NoteKind.FRONT, front[1])
        title_match = _FRONT_TITLE.search(front[1])
        title = title_match[1].strip("\"'") if title_match else ""
        text = text[front.end() :]
    text = _without_footnotes(text, report)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    if not title and (heading := _first_heading(tokens)):
        title, body_start = heading
        report.note(NoteKind.TITLE, title)
        text = "\n".join(text.split("\n")[body_start:])
        tokens = tokens[3:]
    count_before = report.counts.total()
    remaining = list(_filter_tokens(tokens, report))
    unchanged = report.counts.total() == count_before
    return text.strip("\n") + "\n" if unchanged else write(map(_lowered, blocks_of(remaining)), report), title


def _without_footnotes(text: str, report: FileReport) -> str:
    keys = set[str]()

    def drop(match: re.Match[str]) -> str:
        keys.add(match[1])
        report.note(NoteKind.FOOTNOTE, match[2])
        return ""

    text = _FOOTNOTE.sub(drop, text)
    return re.sub(r"\[\^([^\]\s]+)\]", lambda match: "" if match[1] in keys else match[0], text) if keys else text


def _first_heading(tokens: list[Token]) -> tuple[str, int] | None:
    """Return the words of the first block, and the number of the line after it, if it is the only level-1 heading.

    Returns None otherwise.
    """
    first = sum(token.type == "heading_open" and token.tag == "h1" for token in tokens) == 1
    if not first or tokens[0].type != "heading_open" or tokens[0].tag != "h1" or not tokens[0].map:
        return None
    title = "".join(token.content for token in tokens[1].children or () if token.type in ("text", "code_inline"))
    return (title, tokens[0].map[1]) if title.strip() else None


def _lowered(block: Block) -> Block:
    """Return a block with headings one level deeper, as press.texts.markdown_to_html renders them."""
    level = block.level + 1 if block.kind == "h" else 0
    return replace(block, level=level, children=tuple(map(_lowered, block.children)))


def _filter_tokens(tokens: list[Token], report: FileReport) -> Iterator[Token]:
    """Yield tokens without HTML and images, which are noted. The words inside HTML are kept.

    Links with unsupported schemes are noted as well.
    """
    for token in tokens:
        if token.type == "html_block":
            yield from _html_block_text(token, report)
            continue
        if token.children:
            token.children = list(_filter_inline_tokens(token.children, report))
        yield token


def _filter_inline_tokens(children: list[Token], report: FileReport) -> Iterator[Token]:
    for child in children:
        if child.type == "html_inline":
            report.note(NoteKind.HTML, child.content)
            if re.match(r"<br\b", child.content, re.I):
                yield Token("hardbreak", "br", 0)
        elif child.type == "image":
            report.note(NoteKind.IMAGE, child.content)
        else:
            target = str(child.attrs.get("href", ""))
            if child.type == "link_open" and target.partition(":")[0].lower() not in SCHEMES:
                report.note(NoteKind.LINK, target)
            yield child


def _html_block_text(token: Token, report: FileReport) -> Iterator[Token]:
    report.note(NoteKind.HTML, token.content, max(1, len(re.findall(r"<[a-zA-Z!]", token.content))))
    content = " ".join(
        html.unescape(nh3.clean(re.sub(r"<(?:br|p|div|li|tr)\b", r" \g<0>", token.content), tags=set())).split()
    )
    if content:
        text = Token("text", "", 0, content=content)
        yield from (
            Token("paragraph_open", "p", 1),
            Token("inline", "", 0, children=[text]),
            Token("paragraph_close", "p", -1),
        )
