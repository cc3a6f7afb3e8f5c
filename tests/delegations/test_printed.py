"""The list of participants as a file: PDF, DOCX and XLSX, in every language, and nothing of it a formula."""

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pypdf import PdfReader

from delegations.domain import participants
from delegations.domain.listing import Listing, arrange
from delegations.models import PartyName
from delegations.printed import docx, pdf, xlsx
from summit.models import Role, Summit
from tests import factories as f
from tests.delegations.test_participants import delegation

pytestmark = pytest.mark.django_db
FORMULAE = ["=1+1", "+44 20", "-2", "@SUM(A1)", "\t=1", " =1"]


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(name="Summit on Borders & Seas", short_name="SB")


@pytest.fixture
def taken(summit: Summit) -> Any:
    """Freeze a list of three parties, and return what takes it."""
    land = delegation(summit, "Aland", footnote="Without prejudice to status.")
    PartyName.objects.create(party=land, language="ar", name="ألاند", formal_name="جمهورية ألاند")
    PartyName.objects.create(party=land, language="fr", name="Alande", formal_name="République d’Alande")
    f.MembershipFactory(
        party=land, code="head", person__name="Ada Bly", person__office="Minister of the Interior",
        person__form_of_address="H.E. Ms",
    )  # fmt: skip
    for number, name in enumerate(FORMULAE):
        f.MembershipFactory(party=land, person__name=name, person__office="=HYPERLINK(1)", position=number + 1)
    delegation(summit, "Union", kind="international")
    delegation(summit, "Borduria")
    by = f.UserFactory.with_role(Role.PROTOCOL, summit)
    row = participants.freeze(summit=summit, by=by, note="For the printers")

    def take(**chosen: str) -> Listing:
        return arrange(row, participants.content_of(row), **{"language": "en", "order": "alphabet", **chosen})

    return take


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


class TestPdf:
    def test_it_says_what_it_is_on_each_page_in_the_venues_zone(self, taken: Any) -> None:
        listing = taken()
        content = pdf.write(listing)
        found = pages(content)
        reader = PdfReader(BytesIO(content))
        assert reader.metadata is not None
        assert reader.metadata.title == "List of participants"
        assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
        for number, text in enumerate(found, start=1):
            assert "Revision 1 · provisional · English" in text
            assert re.search(r"\d\d:\d\d London time", text)
            assert f"{number} / {len(found)}" in text
        whole = "\n".join(found)
        for said in ("Aland1", "Republic of Aland", "H.E. Ms Ada Bly", "head of delegation", "Nobody has been named"):
            assert said in whole
        assert "Without prejudice to status." in whole

    def test_the_same_gives_the_same_bytes(self, taken: Any) -> None:
        assert pdf.write(taken()) == pdf.write(taken())

    @pytest.mark.parametrize("language", ["en", "fr", "ar"])
    def test_each_language_and_order_prints(self, taken: Any, language: str) -> None:
        for order in ("precedence", "alphabet"):
            content = pdf.write(taken(language=language, order=order))
            assert PdfReader(BytesIO(content)).trailer["/Root"]["/Lang"] == language
            # It keeps the rules of PDF/UA: titles, languages and order can be read by machines.
            assert b"pdfuaid" in content


class TestDocx:
    def test_it_is_made_of_styles_with_fields_for_the_pages(self, taken: Any) -> None:
        document = Document(BytesIO(docx.write(taken())))
        told = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs]
        assert ("Title", "List of participants") in told
        assert [text for style, text in told if style == "Heading 1"] == [
            "Delegations", "International organisations",
        ]  # fmt: skip
        assert [text for style, text in told if style == "Heading 2"] == ["Aland1", "Borduria", "Union"]
        assert ("Participant", "H.E. Ms Ada Bly\nMinister of the Interior\nhead of delegation") in told
        assert ("Small print", "1 Without prejudice to status.") in told
        section = document.sections[0]
        assert section.header.paragraphs[0].text == "Summit on Borders & Seas · List of participants"
        footer = section.footer.paragraphs[0]
        assert footer.text.startswith("Revision 1 · provisional · English\t")
        fields = re.findall(r"<w:instrText[^>]*> (\w+) <", footer._p.xml)
        assert fields == ["PAGE", "NUMPAGES"]
        # The number of the page has the one stop there is, and reads from the left.
        (stop,) = footer.paragraph_format.tab_stops
        assert (round(stop.position.mm), stop.alignment) == (158, WD_TAB_ALIGNMENT.RIGHT)
        assert len(document.styles["Footer"].paragraph_format.tab_stops) == 0
        assert footer.text.endswith("\t\u200e1\u200e / \u200e1\u200e")
        assert section.footer.paragraphs[1].text.endswith("London time")
        assert not document.styles["Title"].element.pPr.findall(qn("w:pBdr"))
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)

    def test_a_small_delegation_stands_on_one_page(self, summit: Summit) -> None:
        for name, number in (("Aland", docx.TOGETHER), ("Borduria", docx.TOGETHER + 1)):
            f.MembershipFactory.create_batch(number, party=delegation(summit, name), code="delegate")
        row = participants.freeze(summit=summit, by=f.UserFactory.with_role(Role.PROTOCOL, summit))
        listing = arrange(row, participants.content_of(row), language="en", order="alphabet")
        document = Document(BytesIO(docx.write(listing)))
        kept = [
            paragraph.paragraph_format.keep_with_next
            for paragraph in document.paragraphs
            if paragraph.style.name == "Participant"
        ]
        assert kept == [*[True] * (docx.TOGETHER - 1), None, *[None] * (docx.TOGETHER + 1)]

    def test_arabic_runs_from_the_right_and_what_has_no_arabic_name_does_not(self, taken: Any) -> None:
        document = Document(BytesIO(docx.write(taken(language="ar"))))
        ways = {
            paragraph.text.rstrip("1"): bool(paragraph._p.xpath("w:pPr/w:bidi")) for paragraph in document.paragraphs
        }
        assert (ways["ألاند"], ways["Borduria"]) == (True, False)
        # Both stand on the right: there a paragraph begins that runs from the right, and ends the other.
        sides = {paragraph.text.rstrip("1"): paragraph.alignment for paragraph in document.paragraphs}
        assert (sides["ألاند"], sides["Borduria"]) == (None, WD_ALIGN_PARAGRAPH.RIGHT)
        assert document.sections[0]._sectPr.xpath("w:bidi")

    def test_elements_stand_in_the_order_that_the_format_wants(self, taken: Any) -> None:
        with ZipFile(BytesIO(docx.write(taken(language="ar")))) as packed:
            body = packed.read("word/document.xml").decode()
        order = ["w:b", "w:bCs", "w:rtl", "w:lang"]
        for properties in re.findall(r"<w:rPr>(.*?)</w:rPr>", body):
            found = [name for name in re.findall(r"<(w:\w+)", properties) if name in order]
            assert found == sorted(found, key=order.index)


class TestXlsx:
    def test_a_row_a_person_under_a_frozen_head(self, taken: Any) -> None:
        sheet = load_workbook(BytesIO(xlsx.write(taken()))).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows[0] == [
            "Part", "Party", "Formal name", "Form of address", "Name", "Office held", "Category", "Footnote",
        ]  # fmt: skip
        assert rows[1] == [
            "Delegations", "Aland", "Republic of Aland", "H.E. Ms", "Ada Bly", "Minister of the Interior",
            "head of delegation", "Without prejudice to status.",
        ]  # fmt: skip
        assert (sheet.freeze_panes, sheet.sheet_view.rightToLeft) == ("A2", False)
        assert 10 <= sheet.column_dimensions["F"].width <= 60
        assert [row[1] for row in rows[1:]] == ["Aland"] * 7 + ["Borduria", "Union"]

    def test_no_cell_is_a_formula(self, taken: Any) -> None:
        sheet = load_workbook(BytesIO(xlsx.write(taken()))).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert [sheet.cell(row, 5).value for row in range(3, 9)] == [f"'{name}" for name in FORMULAE]
        assert sheet.cell(3, 6).value == "'=HYPERLINK(1)"

    def test_control_without_it_they_are(self, taken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(xlsx, "harmless", str)
        monkeypatch.setattr(xlsx, "_dress", lambda sheet, rows: None)
        sheet = load_workbook(BytesIO(xlsx.write(taken()))).active
        assert sheet.cell(3, 5).data_type == "f"

    def test_arabic_runs_from_the_right(self, taken: Any) -> None:
        assert load_workbook(BytesIO(xlsx.write(taken(language="ar")))).active.sheet_view.rightToLeft
