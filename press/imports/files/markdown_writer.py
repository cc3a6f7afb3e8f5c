"""Write blocks as Markdown that `press.texts.markdown_to_html` renders with the same words."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from press.imports.files.report import FileReport, NoteKind
from press.texts import markdown_escaping
from press.texts.markdown_escaping import _MISREAD
from press.texts.markdown_to_html import Block, Span, to_blocks

# The signs of marks, in the order in which they are nested, outermost first.
_SIGNS = {"strong": "**", "em": "*", "strike": "~~"}
_SIGN = re.compile(r"[!-/:-@\[-`{-~]")


def write(blocks: Iterable[Block], report: FileReport) -> str:
    """Return blocks as Markdown that ends with a line break. Marks that can't be written are noted in `report`."""
    return _Writer(report).all(list(blocks)) + "\n"


class _Writer:
    """Writes blocks as Markdown, with a method for each kind."""

    def __init__(self, report: FileReport) -> None:
        self.report = report
        self.by_kind: dict[str, Callable[[Block], str]] = {
            "p": lambda block: self.words(block.spans),
            "h": self.heading,
            "ul": lambda block: self.items(block, "- "),
            "ol": lambda block: self.items(block, ""),
            "quote": lambda block: _indented(self.all(block.children), "> ", "> "),
            "table": self.table,
            "code": lambda block: f"```\n{block.text}\n```",
            "hr": lambda _block: "---",
        }

    def all(self, blocks: Sequence[Block]) -> str:
        """Return blocks as Markdown, separated by empty lines.

        A list directly after a list gets other bullets, since Markdown would merge the two lists.
        """
        parts: list[str] = []
        before = ""
        for block in blocks:
            part = self.by_kind[block.kind](block)
            if not part.strip():
                continue
            if block.kind == before and block.kind in ("ul", "ol"):
                part = _other_signs(part)
                before = ""
            else:
                before = block.kind
            parts.append(part)
        return "\n\n".join(parts)

    def heading(self, block: Block) -> str:
        """Return a heading. Level 2 has one "#", since level 1 is the heading of the page."""
        text = self.words(block.spans, one_line=True)
        return "#" * max(1, block.level - 1) + " " + re.sub(r"(#+)$", r"\\\1", text)

    def items(self, block: Block, sign: str) -> str:
        """Return a list. If an item has several paragraphs, empty lines separate the items."""
        lines = []
        loose = any([child.kind for child in item.children].count("p") > 1 for item in block.children)
        for number, item in enumerate(block.children, block.start):
            mark = sign or f"{number}. "
            inner = [self.by_kind[child.kind](child) for child in item.children]
            separator = "\n\n" if loose else "\n"
            lines.append(_indented(separator.join(filter(None, inner)) or "", mark, " " * len(mark)))
        return ("\n\n" if loose else "\n").join(lines)

    def table(self, block: Block) -> str:
        """Return a table with the first row as its header. All rows get as many cells as the widest row."""
        rows = [
            [self.words(cell.spans, one_line=True).replace("|", "\\|") for cell in row.children]
            for row in block.children
        ]
        width = max((len(row) for row in rows), default=0)
        if not width:
            return ""
        lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
        return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])

    def words(self, spans: Sequence[Span], *, one_line: bool = False) -> str:
        """Return spans as Markdown, with their marks and links.

        If Markdown would misread the marks, they are left out and noted.
        """
        if one_line:
            spans = [Span(" ", span.marks) if span.text == "\n" else span for span in spans]
        spans = _tidy(spans)
        plain = _plain(spans)
        bare = [Span(span.text, frozenset(), span.href) for span in spans]
        # As few characters as possible are escaped, since people read and edit this Markdown.
        for tried, signs in ((spans, _MISREAD), (spans, _SIGN), (bare, _SIGN)):
            written = _start_all(_marked(tried, tuple(_SIGNS), signs))
            if _reads(written) == plain:
                break
        else:
            written = _start_all(_SIGN.sub(r"\\\g<0>", plain))
        if tried is bare:
            self.report.note(NoteKind.MARKS, plain)
        return written


def _reads(markdown: str) -> str:
    return " ".join("".join(block.text for block in to_blocks(markdown)).split())


def _plain(spans: Iterable[Span]) -> str:
    return " ".join("".join(span.text for span in spans).split())


def _indented(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *((others + line).rstrip() for line in lines[1:])])


def _other_signs(part: str) -> str:
    return re.sub(r"^- ", "* ", re.sub(r"^(\d+)\. ", r"\1) ", part, flags=re.M), flags=re.M)


def _tidy(spans: Iterable[Span]) -> list[Span]:
    """Return spans with neighbours of the same format merged.

    White space inside the spans is collapsed. Spans without words at both ends are removed.
    """
    merged: list[Span] = []
    for style, group in groupby(spans, lambda span: (span.marks, span.href, span.text == "\n")):
        merged.append(
            Span("\n" if style[2] else re.sub(r"[ \t\n]+", " ", "".join(span.text for span in group)), *style[:2])
        )
    while merged and not merged[0].text.strip():
        merged.pop(0)
    while merged and not merged[-1].text.strip():
        merged.pop()
    return merged


def _start_all(written: str) -> str:
    return "\n".join(markdown_escaping.escape_start(line.strip(" ")) for line in written.split("\n"))


def _marked(spans: Sequence[Span], names: tuple[str, ...], signs: re.Pattern[str], href: bool = True) -> str:
    """Return spans as Markdown. The text is wrapped in the marks `names` (such as bold), the first one outermost.

    It is wrapped in the spans' links too if `href` is true. Characters that match `signs` are escaped.
    """
    if href:
        return "".join(
            _linked(_marked(list(group), names, signs, False), target)
            for target, group in groupby(spans, lambda span: span.href)
        )
    if not names:
        return "".join("\\\n" if span.text == "\n" else signs.sub(r"\\\g<0>", span.text) for span in spans)
    name, rest = names[0], names[1:]
    parts = [(on, list(group)) for on, group in groupby(spans, lambda span: name in span.marks)]
    written = ""
    for at, (on, group) in enumerate(parts):
        inner = _marked(group, rest, signs, False)
        after = _marked(parts[at + 1][1], rest, signs, False)[:1] if at + 1 < len(parts) else ""
        written += _within(inner, _SIGNS[name], written[-1:], after) if on else inner
    return written


def _linked(text: str, target: str) -> str:
    if not target or not text.strip():
        return text
    lead, core, trail = _edges(text, str.isspace)
    safe = target.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20").replace("\n", "")
    return f"{lead}[{core}]({'<' + safe + '>' if '(' in safe or ')' in safe else safe}){trail}"


def _within(text: str, sign: str, before: str, after: str) -> str:
    """Return words between two signs that Markdown recognises as the start and the end of a mark.

    `before` and `after` are the neighbouring characters. Spaces at the ends are moved outside. Punctuation is moved
    outside as well if the sign would touch a letter there (CommonMark 6.2: flanking).
    """
    lead, core, trail = _edges(text, str.isspace)
    if not lead and _is_letter(before):
        outer, core, inner = _edges(core, lambda character: not _is_letter(character))
        core, lead = core + inner, outer
    if not trail and _is_letter(after):
        inner, core, outer = _edges(core, lambda character: not _is_letter(character))
        core, trail = inner + core, outer
    return f"{lead}{sign}{core}{sign}{trail}" if core else lead + trail


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character or " ").startswith("M")


def _edges(text: str, outside: Callable[[str], bool]) -> tuple[str, str, str]:
    start, end = 0, len(text)
    while start < end and outside(text[start]):
        start += 1
    while end > start and outside(text[end - 1]):
        end -= 1
    return text[:start], text[start:end], text[end:]
