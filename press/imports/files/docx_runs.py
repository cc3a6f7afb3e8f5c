"""Read the words of a DOCX paragraph: runs with marks and links, fields, notes, tracked changes and text boxes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from press.imports.files.docx_package import Element, Package, attribute, child, local
from press.imports.files.docx_styles import OFF, Styles
from press.imports.files.report import FileReport, NoteKind, Unreadable, nested
from press.texts.markdown_to_html import SCHEMES, Span

_AS_THEY_ARE = frozenset(
    {"ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple", "bdo", "dir", "customXml", "ruby", "rubyBase"}
)
_LINK = re.compile(r'HYPERLINK\s+(?:"([^"]*)"|(\S+))', re.I)
_INK = frozenset({"", "auto", "000000"})
# In characters. The runs of a passage are joined up to this length, so that the passage is noted once.
LONGEST_PASSAGE = 1000
# Fields can be nested, for example links in a table of contents. The length of an instruction is in characters.
DEEPEST_FIELD, LONGEST_INSTRUCTION = 20, 4000
_PASSAGES = (NoteKind.DELETED, NoteKind.HIDDEN, NoteKind.INSERTED, NoteKind.COLOUR, NoteKind.UNDERLINE)


@dataclass
class _Field:
    """An open field, such as a link or a table of contents.

    `result` is true once the field's result has begun. Then `href` and `is_contents` are set from the instruction.
    """

    instruction: str = ""
    result: bool = False
    href: str = ""
    is_contents: bool = False

    def begin_result(self) -> None:
        """Parse the instruction, which is complete now, because the result of the field follows."""
        match = _LINK.search(self.instruction)
        self.result, self.href = True, (match[1] or match[2] or "") if match else ""
        self.is_contents = self.instruction.split()[:1] == ["TOC"]


@dataclass(frozen=True)
class _Where:
    """The context of a run: its link, if any, and whether it is in a tracked insertion or deletion."""

    href: str = ""
    inserted: bool = False
    deleted: bool = False


def element_text(element: Element) -> str:
    """Return the words in an element, including tracked deletions. Paragraphs are separated by spaces."""
    parts = []
    for each in element.iter():
        name = local(each)
        if name in ("t", "delText"):
            parts.append(each.text or "")
        elif name in ("p", "tab", "br"):
            parts.append(" ")
    return " ".join("".join(parts).split())


class Runs:
    """Reads the paragraphs of a document one after the other, and notes in the report what is left out."""

    def __init__(self, package: Package, styles: Styles, report: FileReport) -> None:
        self.package, self.styles, self.report = package, styles, report
        self.fields: list[_Field] = []
        self.boxes: list[Element] = []
        self.open: dict[NoteKind, str] = {}
        self.spans: list[Span] = []
        # The key of the paragraph's style.
        self.style = ""
        self.notes = {
            attribute(note, "id"): element_text(note)
            for kind in ("footnotes", "endnotes")
            for part in package.parts.get(kind, ())
            for note in part
        }

    def read(self, paragraph: Element) -> list[Span]:
        """Return the spans of a paragraph, and append its text boxes to `boxes`. Callers remove them from there."""
        self.spans, self.style = [], self.styles.of(paragraph)
        self._children(paragraph, _Where())
        self._close(frozenset())
        return self.spans

    @property
    def in_contents(self) -> bool:
        """Whether the current position is in a generated table of contents."""
        return any(field.is_contents for field in self.fields)

    def _children(self, element: Element, where: _Where) -> None:
        for each in element:
            name = local(each)
            if name == "r":
                self._run(each, where)
            elif name == "hyperlink":
                self._children(each, self._linked(where, self.package.targets.get(attribute(each, "id"), ""), each))
            elif name in ("del", "moveFrom"):
                self._children(each, _Where(where.href, False, True))
            elif name in ("oMath", "oMathPara"):
                self.report.note(NoteKind.EQUATION, "".join(each.itertext()))
            elif name in _AS_THEY_ARE:
                self._children(each, _Where(where.href, where.inserted or name in ("ins", "moveTo"), where.deleted))

    def _linked(self, where: _Where, target: str, element: Element) -> _Where:
        if target.partition(":")[0].lower() in SCHEMES:
            return _Where(target, where.inserted, where.deleted)
        if target:
            self.report.note(NoteKind.LINK, f"{element_text(element)} ({target})" if element is not None else target)
        return where

    def _run(self, run: Element, where: _Where) -> None:
        properties = child(run, "rPr")
        text = "".join(self._piece(each, run, where) for each in run)
        if not text:
            return
        hidden = self.styles.on(run, self.style, "vanish")
        href = where.href or next((field.href for field in reversed(self.fields) if field.result and field.href), "")
        if href.partition(":")[0].lower() not in SCHEMES:
            href = ""
        kinds = {
            NoteKind.DELETED: where.deleted,
            NoteKind.HIDDEN: hidden and not where.deleted,
            NoteKind.INSERTED: where.inserted and not where.deleted,
            NoteKind.COLOUR: not href and _coloured(properties),
            NoteKind.UNDERLINE: not href and attribute(child(properties, "u"), "val") not in ("", *OFF),
        }
        on = frozenset(kind for kind, is_on in kinds.items() if is_on)
        if text.strip():
            self._close(on)
        for kind in on:
            # This is longer than the quote in a note, since spaces are collapsed later.
            self.open[kind] = (self.open.get(kind, "") + text).lstrip()[:LONGEST_PASSAGE]
        if where.deleted or hidden or self.in_contents:
            return
        marks = self._marks(run)
        for part in re.split(r"(\n)", text):
            if part:
                self.spans.append(Span("\n") if part == "\n" else Span(part, marks, href))

    def _close(self, on: frozenset[NoteKind]) -> None:
        for kind in _PASSAGES:
            if kind in self.open and kind not in on:
                if self.open[kind].strip():
                    self.report.note(kind, self.open[kind])
                del self.open[kind]

    def _marks(self, run: Element) -> frozenset[str]:
        complex_script = self.styles.on(run, self.style, "rtl", "cs")
        names = {
            "strong": ("bCs",) if complex_script else ("b",),
            "em": ("iCs",) if complex_script else ("i",),
            "strike": ("strike", "dstrike"),
        }
        return frozenset(mark for mark, properties in names.items() if self.styles.on(run, self.style, *properties))

    def _piece(self, element: Element, run: Element, where: _Where) -> str:
        name = local(element)
        if name in ("t", "delText"):
            return (element.text or "").replace("\n", " ")
        if name in _SIGNS:
            return _SIGNS[name]
        if name == "br":
            return "" if attribute(element, "type") in ("page", "column") else "\n"
        if name in ("fldChar", "instrText"):
            self._field(element, name)
        elif name == "ruby":
            return element_text(child(element, "rubyBase")) if child(element, "rubyBase") is not None else ""
        elif name in ("footnoteReference", "endnoteReference"):
            self.report.note(NoteKind.FOOTNOTE, self.notes.get(attribute(element, "id"), ""))
        elif name == "sym":
            self.report.note(NoteKind.SYMBOL, attribute(element, "font"))
        elif not where.deleted:
            self._hanging(element, name)
        return ""

    def _field(self, element: Element, name: str) -> None:
        kind = attribute(element, "fldCharType")
        if name == "instrText":
            if self.fields and not self.fields[-1].result:
                self.fields[-1].instruction = (self.fields[-1].instruction + (element.text or ""))[
                    :LONGEST_INSTRUCTION
                ]
        elif kind == "begin":
            if len(self.fields) == DEEPEST_FIELD:
                raise Unreadable(nested())
            self.fields.append(_Field())
        elif kind == "separate" and self.fields:
            self.fields[-1].begin_result()
            self._field_begins(self.fields[-1])
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _field_begins(self, field: _Field) -> None:
        if field.is_contents:
            self.report.note(NoteKind.CONTENTS)
        elif field.href and field.href.partition(":")[0].lower() not in SCHEMES:
            self.report.note(NoteKind.LINK, field.href)

    def _hanging(self, element: Element, name: str) -> None:
        """Note a picture, drawing or embedded file, which are left out. Text boxes are added to `boxes`."""
        if name == "AlternateContent":
            choice = child(element, "Choice")
            for each in choice if choice is not None else ():
                self._hanging(each, local(each))
            return
        if name not in ("drawing", "pict", "object"):
            return
        inside = {local(each) for each in element.iter()}
        # Text boxes in a text box are found when the outer text box is read.
        boxes = list(_outermost(element, "txbxContent"))
        if boxes:
            self.boxes += boxes
            self.report.note(NoteKind.TEXT_BOX, " ".join(map(element_text, boxes)), len(boxes))
        elif name == "object":
            self.report.note(NoteKind.EMBEDDED)
        elif inside & {"blip", "imagedata", "pic"}:
            doc_properties = next((each for each in element.iter() if local(each) == "docPr"), None)
            self.report.note(NoteKind.IMAGE, attribute(doc_properties, "descr") or attribute(doc_properties, "title"))
        else:
            self.report.note(NoteKind.DRAWING)


def _outermost(element: Element, name: str) -> Iterator[Element]:
    for each in element:
        if local(each) == name:
            yield each
        else:
            yield from _outermost(each, name)


def _coloured(properties: Element | None) -> bool:
    ink = attribute(child(properties, "color"), "val").lower()
    highlight = attribute(child(properties, "highlight"), "val").lower()
    return ink not in _INK or highlight not in ("", "none")


_SIGNS = {"tab": " ", "ptab": " ", "cr": "\n", "noBreakHyphen": "\u2011"}
