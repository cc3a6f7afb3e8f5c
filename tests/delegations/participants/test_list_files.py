"""The list of participants at the desk and as a file (PDF, DOCX, XLSX), in each language, nothing of it a formula."""

import re
from io import BytesIO
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from django.test import Client
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl import load_workbook
from pypdf import PdfReader

from delegations.participants import list_docx, list_pdf, list_xlsx
from delegations.participants.models import ParticipantList
from delegations.participants.selectors.listing import Listing, arrange
from delegations.participants.services import revisions
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import said, text
from tests.delegations.participants.test_revisions import delegation, member
from tests.module_fixtures import once_a_module

pytestmark = pytest.mark.django_db
FORMULAE = ["=1+1", "+44 20", "-2", "@SUM(A1)", "\t=1", " =1"]


@once_a_module
def frozen() -> ParticipantList:
    summit = f.SummitFactory(name="Summit on Borders & Seas", short_name="SB")
    land = delegation(summit, "Aland", footnote="Without prejudice to status.")
    f.PartyNameFactory(party=land, language="ar", name="ألاند", formal_name="جمهورية ألاند")
    f.PartyNameFactory(party=land, language="fr", name="Alande", formal_name="République d’Alande")
    ada = {"person__name": "Ada Bly", "person__office": "Minister of the Interior"}
    member(land, code="head", person__form_of_address="H.E. Ms", **ada)
    for number, name in enumerate(FORMULAE, start=1):
        member(land, person__name=name, person__office="=HYPERLINK(1)", position=number)
    delegation(summit, "Union", kind="international")
    delegation(summit, "Borduria")
    by = f.UserFactory.with_role(Role.PROTOCOL, summit)
    return revisions.freeze(summit=summit, by=by, note="For the printers")


@pytest.fixture
def taken(frozen: ParticipantList) -> Any:
    def take(**chosen: str) -> Listing:
        given = {"language": "en", "order": "alphabet", **chosen}
        return arrange(frozen, revisions.content_of(frozen), **given)

    return take


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


class TestPdf:
    def test_it_says_what_it_is_on_each_page_in_the_venues_zone(self, taken: Any) -> None:
        listing = taken()
        content = list_pdf.write(listing)
        assert content == list_pdf.write(taken())
        found = pages(content)
        for number, page in enumerate(found, start=1):
            assert all(words in page for words in ("Revision 1 · provisional · English", f"{number} / {len(found)}"))
            assert re.search(r"\d\d:\d\d London time", page)
        whole = "\n".join(found)
        for words in ("Aland1", "Republic of Aland", "H.E. Ms Ada Bly", "head of delegation", "To be announced"):
            assert words in whole
        assert "Without prejudice to status." in whole


class TestDocx:
    def test_arabic_runs_from_the_right_and_what_has_no_arabic_name_does_not(self, taken: Any) -> None:
        document = Document(BytesIO(list_docx.write(taken(language="ar"))))
        ways = {
            paragraph.text.rstrip("1"): bool(paragraph._p.xpath("w:pPr/w:bidi")) for paragraph in document.paragraphs
        }
        assert (ways["ألاند"], ways["Borduria"]) == (True, False)
        # Both stand on the right: there a paragraph begins that runs from the right, and ends the other.
        sides = {paragraph.text.rstrip("1"): paragraph.alignment for paragraph in document.paragraphs}
        assert (sides["ألاند"], sides["Borduria"]) == (None, WD_ALIGN_PARAGRAPH.RIGHT)
        assert document.sections[0]._sectPr.xpath("w:bidi")
        # Elements stand in the order that the format wants.
        with ZipFile(BytesIO(list_docx.write(taken(language="ar")))) as packed:
            body = packed.read("word/document.xml").decode()
        order = ["w:b", "w:bCs", "w:rtl", "w:lang"]
        for properties in re.findall(r"<w:rPr>(.*?)</w:rPr>", body):
            found = [name for name in re.findall(r"<(w:\w+)", properties) if name in order]
            assert found == sorted(found, key=order.index)


class TestXlsx:
    def test_a_row_a_person_under_a_frozen_head_and_no_cell_is_a_formula(
        self, taken: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sheet = load_workbook(BytesIO(list_xlsx.write(taken()))).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert dict(zip(rows[0], rows[1], strict=True)) == {
            **{"Part": "Delegations", "Delegation": "Aland", "Formal name": "Republic of Aland"},
            **{"Salutation": "H.E. Ms", "Name": "Ada Bly", "Office held": "Minister of the Interior"},
            **{"Category": "head of delegation", "Footnote": "Without prejudice to status."},
        }
        assert (sheet.freeze_panes, sheet.sheet_view.rightToLeft) == ("A2", False)
        assert load_workbook(BytesIO(list_xlsx.write(taken(language="ar")))).active.sheet_view.rightToLeft
        sheet = load_workbook(BytesIO(list_xlsx.write(taken()))).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert [sheet.cell(row, 5).value for row in range(3, 9)] == [f"'{name}" for name in FORMULAE]
        assert sheet.cell(3, 6).value == "'=HYPERLINK(1)"
        # Control: without it they are.
        monkeypatch.setattr(list_xlsx, "harmless", str)
        monkeypatch.setattr(list_xlsx, "_dress", lambda sheet, rows: None)
        sheet = load_workbook(BytesIO(list_xlsx.write(taken()))).active
        assert sheet.cell(3, 5).data_type == "f"


LISTS = "/admin/delegations/participantlist/"
PREPARE = f"{LISTS}prepare/here/"


def test_it_is_previewed_made_and_told(desk: Client, summit: Summit, protocol: User) -> None:
    page = text(desk.get(PREPARE))
    assert "No delegation has accepted yet. Record an answer first." in page
    ada = member(delegation(summit, "Aland"), person__name="Ada Bly", person__office="Minister")
    page = text(desk.get(PREPARE))
    for words in ("Create revision 1", "Delegations: 1. People: 1.", "Ada Bly</bdi>"):
        assert words in page
    answer = desk.post(PREPARE, {"expected": "another", "state": ""})
    assert said(answer) == ["The list changed after you opened this page. Check it, then create it."]
    assert not ParticipantList.objects.filter(summit=summit).exists()
    digest = revisions.digest(revisions.gather(summit))
    answer = desk.post(PREPARE, {"expected": digest, "note": "For the printers", "state": ""})
    made = ParticipantList.objects.get(summit=summit)
    assert answer["Location"] == f"{LISTS}{made.pk}/change/"
    assert (made.number, made.final, made.made_by) == (1, False, protocol)
    page = text(desk.get(answer["Location"]))
    assert "First list: everyone is new" in page
    seen = AuditEntry.objects.filter(action=SEEN).order_by("pk")
    assert [(entry.object_type, entry.detail.get("people") or entry.detail["keys"]) for entry in seen] == [
        ("summit.person", [ada.person.public_id]),
        ("delegations.participantlist", [ada.person.public_id]),
    ]


def test_it_is_taken_as_a_file(desk: Client, summit: Summit, protocol: User) -> None:
    ada = member(delegation(summit, "Aland"))
    made = revisions.freeze(summit=summit, by=protocol)
    address = f"{LISTS}{made.pk}/file/"
    for ending, begins in (("pdf", b"%PDF-"), ("docx", b"PK"), ("xlsx", b"PK")):
        answer = desk.get(address, {"language": "fr", "order": "alphabet", "ending": ending})
        assert answer.content.startswith(begins)
        name = quote(f"Liste des participants – {summit.short_name} – Révision 1 – provisoire.{ending}")
        assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    entry = AuditEntry.objects.filter(action=SEEN).earliest("pk")
    assert (entry.object_key, entry.detail["people"]) == (made.public_id, [ada.person.public_id])
    for chosen in ({"language": "tlh"}, {"order": "weight"}, {"ending": "exe"}):
        assert said(desk.get(address, chosen))[-1] == "Choose the language, order and format from the lists."
