"""Read DOCX files as blocks: paragraphs, headings, lists, quotations and tables. What is left out is noted.

The parts of the file are parsed with lxml. Libraries that convert DOCX to Markdown don't report what they leave out,
and number every list from 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from press.imports.files.docx_package import Element, Package, attribute, child, local, open_docx
from press.imports.files.docx_runs import Runs, element_text
from press.imports.files.docx_styles import QUOTES, Numbering, Place, Styles
from press.imports.files.report import FileReport, NoteKind, Unreadable, nested
from press.texts.markdown_to_html import Block, Span
from press.texts.selectors.edition_validation import LONGEST

# The most cells of a table, counted as if all rows were as wide as the widest. With more cells, the Markdown of the
# table alone would be longer than a text may be.
MOST_CELLS = LONGEST // 4
_AROUND = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "AlternateContent", "Choice"})


def read(content: bytes, report: FileReport, *, small: bool) -> list[Block]:
    """Return the blocks of a DOCX file, and note in `report` what was left out.

    Raises Unreadable. Raises Heavy if `small` is true and the file isn't small.
    """
    package = open_docx(content, small=small)
    try:
        blocks = _Reader(package, report).blocks(child(package.document, "body"))
    except RecursionError as problem:
        raise Unreadable(nested()) from problem
    _report_parts(package, report)
    return blocks


def _report_parts(package: Package, report: FileReport) -> None:
    if package.macros:
        report.note(NoteKind.MACROS)
    for kind, name in ((NoteKind.HEADER, "header"), (NoteKind.FOOTER, "footer")):
        for text in dict.fromkeys(filter(None, map(element_text, package.parts.get(name, ())))):
            report.note(kind, text)
    for part in package.parts.get("comments", ()):
        for comment in part:
            author = attribute(comment, "author")
            report.note(NoteKind.COMMENT, ": ".join(filter(None, (author, element_text(comment)))))


@dataclass
class _List:
    """A list that is being read: the place of the first item, and the blocks of each item."""

    place: Place
    items: list[list[Block]] = field(default_factory=list)

    def goes_on(self, place: Place) -> bool:
        same = (place.list, place.depth) == (self.place.list, self.place.depth)
        return same and (place.form == "bullet" or place.number == self.place.number + len(self.items))

    def block(self) -> Block:
        kind = "ul" if self.place.form == "bullet" else "ol"
        items = tuple(Block("li", children=tuple(item)) for item in self.items)
        return Block(kind, start=self.place.number, children=items)


class _Reader:
    """Reads the content of the body, of a table cell or of a text box as blocks."""

    def __init__(self, package: Package, report: FileReport) -> None:
        self.report = report
        self.styles = Styles(package)
        self.numbering = Numbering(package, self.styles)
        self.runs = Runs(package, self.styles, report)
        self.lists: list[_List] = []
        # The spans of a paragraph with a deleted end mark. They belong to the next paragraph.
        self.carried: list[Span] = []

    def blocks(self, element: Element | None) -> list[Block]:
        """Return the blocks of an element in order, or an empty list for None."""
        found: list[Block] = []
        for each in self._parts(element):
            found += self._paragraph(each) if local(each) == "p" else [*self._closed(), *self._table(each)]
            while self.runs.boxes:
                box = self.runs.boxes.pop(0)
                found += [*self._closed(), *self.blocks(box)]
        found += self._closed()
        return _gathered(found)

    def _parts(self, element: Element | None) -> Iterator[Element]:
        for each in element if element is not None else ():
            name = local(each)
            if name in ("p", "tbl"):
                yield each
            elif name == "altChunk":
                self.report.note(NoteKind.EMBEDDED)
            elif name in ("del", "moveFrom"):
                self.report.note(NoteKind.DELETED, element_text(each))
            elif (
                name == "sdt"
                and "contents" in attribute(child(each, "sdtPr", "docPartObj", "docPartGallery"), "val").lower()
            ):
                self.report.note(NoteKind.CONTENTS)
            elif name in _AROUND:
                yield from self._parts(each)

    def _paragraph(self, paragraph: Element) -> list[Block]:
        in_contents = self.runs.in_contents
        place = self.numbering.place(paragraph)
        spans = [*self.carried, *self.runs.read(paragraph)]
        self.carried = []
        if child(paragraph, "pPr", "rPr", "del") is not None:
            self.carried = spans
            return []
        text = "".join(span.text for span in spans)
        if not text.strip() or in_contents:
            return []
        style = self.styles.of(paragraph)
        names = list(self.styles.names(style))
        level = self.styles.heading(paragraph, style)
        if level or "title" in names:
            if place and place.form != "bullet":
                self.report.note(NoteKind.HEADING_NUMBER, text)
            return [*self._closed(), Block("h", level=level + 1, spans=_unmarked(spans))]
        block = Block("p", spans=tuple(spans))
        if place:
            return self._item(place, block)
        return [*self._closed(), Block("quote", children=(block,)) if QUOTES & set(names) else block]

    def _item(self, place: Place, block: Block) -> list[Block]:
        """Add a list item to the open list at its place, or to a new list. Return the lists that this closes."""
        if place.form not in ("bullet", "decimal"):
            self.report.note(NoteKind.NUMBERS, block.text)
        ended: list[Block] = []
        while self.lists and self.lists[-1].place.depth > place.depth:
            self._end()
        if self.lists and self.lists[-1].place.depth == place.depth and not self.lists[-1].goes_on(place):
            ended = self._end()
        if not self.lists or self.lists[-1].place.depth < place.depth:
            self.lists.append(_List(place))
        self.lists[-1].items.append([block])
        return ended

    def _end(self) -> list[Block]:
        """Close the innermost list, and add it to the last item of the outer list.

        If there is no outer list, return the closed list.
        """
        ended = self.lists.pop()
        if self.lists:
            self.lists[-1].items[-1].append(ended.block())
            return []
        return [ended.block()]

    def _closed(self) -> list[Block]:
        found: list[Block] = []
        while self.lists:
            found += self._end()
        return found

    def _table(self, table: Element) -> list[Block]:
        rows = [list(self._row(row)) for row in _rows(table)]
        rows = [row for row in rows if any(cell for cell in row)]
        if len(rows) == 1 and len(rows[0]) == 1:
            return rows[0][0]
        if len(rows) * max(map(len, rows), default=0) > MOST_CELLS:
            raise Unreadable(_("A table in this file has too many cells. Remove it and attach it as a file."))
        return (
            [Block("table", children=tuple(Block("tr", children=tuple(map(self._cell, row))) for row in rows))]
            if rows
            else []
        )

    def _row(self, row: Element) -> Iterator[list[Block]]:
        if child(row, "trPr", "del") is not None:
            self.report.note(NoteKind.DELETED, element_text(row))
            return
        for cell in _cells(row):
            properties = child(cell, "tcPr")
            merged = child(properties, "vMerge")
            if merged is not None and attribute(merged, "val") != "restart":
                yield []
                continue
            yield self._aside().blocks(cell)
            span = attribute(child(properties, "gridSpan"), "val")
            more = int(span) - 1 if span.isdecimal() and len(span) < 3 else 0
            if more > 0 or merged is not None:
                self.report.note(NoteKind.MERGED, element_text(cell))
            yield from ([] for _more in range(more))

    def _aside(self) -> "_Reader":
        """Return a reader for a table cell. Lists continue their numbering in the cell, but no list is open."""
        reader = object.__new__(_Reader)
        reader.__dict__ |= self.__dict__ | {"lists": [], "carried": []}
        return reader

    def _cell(self, blocks: list[Block]) -> Block:
        lines = [line for block in blocks for line in self._lines(block)]
        if len(lines) > 1:
            self.report.note(NoteKind.LINES, "".join(span.text for span in lines[0]))
        spans = [span for line in lines for span in (*line, Span("\n"))][:-1]
        return Block("td", spans=tuple(spans))

    def _lines(self, block: Block) -> Iterator[tuple[Span, ...]]:
        if block.kind == "table":
            self.report.note(NoteKind.NESTED)
        if block.spans:
            yield block.spans
        for each in block.children:
            yield from self._lines(each)


def _rows(table: Element) -> Iterator[Element]:
    for each in table:
        if local(each) == "tr":
            yield each
        elif local(each) in _AROUND:
            yield from _rows(each)


def _cells(row: Element) -> Iterator[Element]:
    for each in row:
        if local(each) == "tc":
            yield each
        elif local(each) in _AROUND:
            yield from _cells(each)


def _unmarked(spans: list[Span]) -> tuple[Span, ...]:
    """Return the spans of a heading without marks that all of them have, which are part of the heading's style."""
    shared = frozenset.intersection(*(span.marks for span in spans if span.text.strip()))
    return tuple(replace(span, marks=span.marks - shared) for span in spans)


def _gathered(blocks: list[Block]) -> list[Block]:
    """Return the blocks with consecutive quotations merged into one."""
    found: list[Block] = []
    for block in blocks:
        if found and block.kind == "quote" == found[-1].kind:
            found[-1] = replace(found[-1], children=found[-1].children + block.children)
        else:
            found.append(block)
    return found
