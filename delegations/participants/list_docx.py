"""The list of participants as a DOCX file. It uses styles throughout, so that its design can be changed."""

from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Mm, Pt

from delegations.participants.list_pdf import TOGETHER, text_directions
from delegations.participants.selectors.listing import ListedPerson, Listing, ParticipantLine
from summit.pdf.paper_size import A4, LETTER

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Names of our own styles, as shown in the word processor.
PARTY_NAME, PERSON, SMALL = "Formal name", "Participant", "Small print"
LEFT_TO_RIGHT = "\u200e"
PAPERS = {A4: (Mm(210), Mm(297)), LETTER: (Inches(8.5), Inches(11))}


def write(listing: Listing) -> bytes:
    """Return the list as a DOCX file."""
    document = Document()
    _page(document, listing)
    _styles(document, listing)
    _edges(document, listing)
    _head(document, listing)
    with override(listing.language):
        nobody = _("To be announced")
    for section in listing.sections:
        _add_paragraph(document, listing, "Heading 1", section.title)
        for line in section.lines:
            _party(document, listing, line, nobody)
    for note in listing.notes:
        paragraph = _add_paragraph(document, listing, SMALL, "", language=note.language)
        _run(paragraph, note.mark, note.language).font.superscript = True
        _run(paragraph, f" {note.text}", note.language)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _page(document: Any, listing: Listing) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAPERS[listing.paper]
    section.left_margin = section.right_margin = Mm(26)
    section.top_margin, section.bottom_margin = Mm(26), Mm(28)
    if listing.direction == "rtl":
        grid = section._sectPr.find(qn("w:docGrid"))
        element = OxmlElement("w:bidi")
        section._sectPr.append(element) if grid is None else grid.addprevious(element)
    properties = document.core_properties
    properties.title, properties.author = listing.title, listing.summit
    properties.language, properties.comments = listing.language, ""


def _styles(document: Any, listing: Listing) -> None:
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Cambria", Pt(11)
    normal.paragraph_format.space_after = Pt(4)
    _size(normal, 11)
    _language(normal.element.get_or_add_rPr(), listing.language)
    for name, size in (("Title", 22), ("Heading 1", 15), ("Heading 2", 12)):
        style = styles[name]
        style.font.name, style.font.size, style.font.bold = "Cambria", Pt(size), True
        style.font.cs_bold = True
        style.font.color.rgb = None
        style.paragraph_format.keep_with_next = True
        _size(style, size)
    # The template has a coloured line under the title.
    for rule in styles["Title"].element.pPr.findall(qn("w:pBdr")):
        styles["Title"].element.pPr.remove(rule)
    for name in ("Header", "Footer"):
        styles[name].font.size = Pt(9)
        _size(styles[name], 9)
        # The template's tab stops are for another paper size.
        styles[name].paragraph_format.tab_stops.clear_all()
    for name, size in ((PARTY_NAME, 10), (PERSON, 11), (SMALL, 9)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.font.size = normal, Pt(size)
        _size(style, size)
    styles[PERSON].paragraph_format.keep_together = True
    styles[PARTY_NAME].paragraph_format.keep_with_next = True


def _size(style: Any, size: int) -> None:
    """Set a style's font size, in points, for right-to-left scripts too.

    DOCX stores that size separately, in half points.
    """
    properties = style.element.get_or_add_rPr()
    element = OxmlElement("w:szCs")
    element.set(qn("w:val"), str(size * 2))
    properties.find(qn("w:sz")).addnext(element)


def _edges(document: Any, listing: Listing) -> None:
    section = document.sections[0]
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    _set_direction(header, listing.direction)
    _run(header, f"{listing.summit} · {listing.title}", listing.language)
    _set_direction(footer, listing.direction)
    footer.paragraph_format.tab_stops.add_tab_stop(section.page_width - 2 * Mm(26), WD_TAB_ALIGNMENT.RIGHT)
    footer_text = " · ".join((listing.revision, listing.state, listing.language_name))
    _run(footer, f"{footer_text}\t", listing.language)
    # Page numbers are written from left to right in every script, like dates, but a field has no direction of its
    # own.
    footer.add_run(LEFT_TO_RIGHT)
    _counter(footer, "PAGE")
    footer.add_run(f"{LEFT_TO_RIGHT} / {LEFT_TO_RIGHT}")
    _counter(footer, "NUMPAGES")
    footer.add_run(LEFT_TO_RIGHT)
    date_paragraph = section.footer.add_paragraph(style="Footer")
    _set_direction(date_paragraph, listing.direction)
    _run(date_paragraph, listing.made, listing.language)


def _counter(paragraph: Any, name: str) -> None:
    """Add a field, such as a page number, that the word processor fills."""
    for kind, text in (("begin", ""), ("", f" {name} "), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "shown":
            run.text = text
        elif kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)
        else:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = text
            run._r.append(instruction)


def _head(document: Any, listing: Listing) -> None:
    _add_paragraph(document, listing, SMALL, listing.summit, language=listing.summit_language)
    _add_paragraph(document, listing, "Title", listing.title)
    _add_paragraph(document, listing, "Normal", f"{listing.state} · {listing.revision} · {listing.order}")
    _add_paragraph(document, listing, "Normal", listing.made)
    _add_paragraph(document, listing, "Normal", listing.counted)
    if listing.note:
        _add_paragraph(document, listing, "Normal", listing.note, language=listing.first_language)


def _party(document: Any, listing: Listing, line: ParticipantLine, nobody: str) -> None:
    heading = _add_paragraph(document, listing, "Heading 2", line.name, language=line.language)
    if line.mark:
        _run(heading, line.mark, line.language).font.superscript = True
    if line.formal != line.name:
        _add_paragraph(document, listing, PARTY_NAME, line.formal, language=line.language)
    if not line.people:
        _add_paragraph(document, listing, SMALL, nobody)
    for number, person in enumerate(line.people, 1):
        paragraph = _person(document, listing, person)
        # A small delegation isn't split between pages, as in the PDF.
        if len(line.people) <= TOGETHER and number < len(line.people):
            paragraph.paragraph_format.keep_with_next = True


def _person(document: Any, listing: Listing, person: ListedPerson) -> Any:
    paragraph = _add_paragraph(document, listing, PERSON, "")
    name = " ".join(part for part in (person.address, person.name) if part)
    first_run = _run(paragraph, name or person.office, listing.language)
    first_run.bold = first_run.font.cs_bold = True
    rest = [person.office if name else "", person.category]
    for text in filter(None, rest):
        paragraph.add_run().add_break()
        _run(paragraph, text, listing.language)
    return paragraph


def _add_paragraph(document: Any, listing: Listing, style: str, text: str, *, language: str = "") -> Any:
    """Add a paragraph in the direction of its language and return it. It is aligned to the side where the list's
    lines begin."""
    language = language or listing.language
    paragraph = document.add_paragraph(style=style)
    direction = text_directions().get(language, listing.direction)
    _set_direction(paragraph, direction)
    if direction != listing.direction:
        # "Right" is relative to the paragraph's direction: the end of its lines.
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if text:
        _run(paragraph, text, language)
    return paragraph


def _set_direction(paragraph: Any, direction: str) -> None:
    if direction == "rtl":
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))


def _run(paragraph: Any, text: str, language: str) -> Any:
    run = paragraph.add_run(text)
    properties = run._r.get_or_add_rPr()
    if text_directions().get(language) == "rtl":
        run.font.rtl = True
    _language(properties, language)
    return run


def _language(properties: Any, language: str) -> None:
    element = OxmlElement("w:lang")
    element.set(qn("w:bidi" if text_directions().get(language) == "rtl" else "w:val"), language)
    properties.append(element)
