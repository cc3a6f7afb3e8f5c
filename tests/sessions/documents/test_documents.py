"""Documents of a session: what is taken, what is refused, versions, order, and the files at the desk."""

import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sessions.documents.models import Document
from sessions.documents.services import documents, file_checks
from sessions.documents.services.documents import Paper
from sessions.draft.models.sessions import Session
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.delegations.helpers import sign_in
from tests.factories import SessionFactory, UserFactory
from tests.pictures import jpeg, png

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 brief"


def packed(*parts: str, mimetype: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for part in parts:
            archive.writestr(part, "x")
    return made.getvalue()


def paper(title: str = "Brief", content: bytes = PDF, language: str = "en") -> Paper:
    return Paper(title=title, language=language, file=file_checks.read(name="brief.pdf", content=content))


def listed(session: Session) -> list[tuple[str, int]]:
    return list(documents.listed(session).values_list("title", "position"))


TAKEN = {
    "pdf": (PDF, "application/pdf"),
    "jpg": (jpeg(10_000, 8_000), "image/jpeg"),
    "png": (png(10_000, 8_000), "image/png"),
    "docx": (packed("[Content_Types].xml", "word/document.xml"), f"{file_checks._OFFICE}.wordprocessingml.document"),
    "xlsx": (packed("xl/workbook.xml"), f"{file_checks._OFFICE}.spreadsheetml.sheet"),
    "pptx": (packed("ppt/presentation.xml"), f"{file_checks._OFFICE}.presentationml.presentation"),
    "odt": (packed(mimetype=f"{file_checks._OPEN}.text"), f"{file_checks._OPEN}.text"),
}


REFUSED = {
    "This file is empty. Choose the document again.": b"",
    "This file type is not accepted.": b"<html>",
    "This file has macros. Save it without macros, or as a PDF.": packed("word/document.xml", "word/vbaProject.bin"),
    "This file is damaged. Open it, save it again and choose it again.": b"PK\x03\x04 nothing",
    "This is a compressed folder. Add documents one at a time": packed("one.pdf", "two.pdf"),
    "This picture has more than 80 million pixels. Make it smaller": png(30_000, 30_000),
    "This file is damaged. Open it, save": b"\x89PNG\r\n\x1a\n",
}


def test_a_file_is_what_its_bytes_say_and_what_is_refused_says_what_to_do() -> None:
    for ending, (content, media_type) in TAKEN.items():
        found = file_checks.read(name="../../Brief\u202e for all.exe", content=content)
        assert (found.name, found.content_type) == (f"Brief for all.{ending}", media_type)
    large = {"This file is 20.1 MB. Reduce it to 20 MB or less.": b"%PDF-" + b"x" * file_checks.LARGEST}
    for said, content in (REFUSED | large).items():
        with pytest.raises(file_checks.FileProblem) as problem:
            file_checks.read(name="brief.pdf", content=content)
        assert str(problem.value).startswith(said)


def test_a_document_is_kept_with_its_size_and_digest(summit: Summit, organiser: User) -> None:
    session = SessionFactory(summit=summit)
    made = documents.add(session=session, paper=paper(title=""), by=organiser)
    made.refresh_from_db()
    session.refresh_from_db()
    kept = (made.title, made.size, made.digest, bytes(made.content), made.added_by, session.revision)
    assert kept == ("brief", len(PDF), hashlib.sha256(PDF).hexdigest(), PDF, organiser, 1)
    entry = AuditEntry.objects.get()
    told = (entry.action, entry.object_key, entry.part_of, entry.detail)
    assert told == ("agenda.document.add", made.public_id, f"agenda.session:{session.public_id}", {})


def test_a_new_version_takes_the_place_and_the_old_one_is_kept(summit: Summit, organiser: User) -> None:
    session = SessionFactory(summit=summit)
    first = documents.add(session=session, paper=paper("One"), by=organiser)
    documents.add(session=session, paper=paper("Two"), by=organiser)
    new = documents.replace(document=first, paper=paper("One, second"), by=organiser)
    assert listed(session) == [("One, second", 0), ("Two", 1)]
    assert list(documents.listed(session, removed=True).values_list("title", flat=True)) == ["One"]
    entry = AuditEntry.objects.get(action="agenda.document.replace")
    assert entry.detail == {"rows": [f"agenda.document:{first.public_id}"]}
    # Somebody else has the old one before them still.
    with pytest.raises(ValidationError, match="removed or replaced this document"):
        documents.replace(document=first, paper=paper("Third"), by=organiser)
    assert documents.remove(document=new, by=organiser) is True
    assert documents.remove(document=new, by=organiser) is False
    assert listed(session) == [("Two", 1)]
    session.refresh_from_db()
    assert session.revision == 4


def test_documents_change_places_and_only_the_programme_desk_writes(summit: Summit, organiser: User) -> None:
    session = SessionFactory(summit=summit)
    made = [documents.add(session=session, paper=paper(name), by=organiser) for name in "ABC"]
    assert documents.shift(document=made[2], up=True, by=organiser) is True
    assert [title for title, _place in listed(session)] == ["A", "C", "B"]
    assert documents.shift(document=made[0], up=True, by=organiser) is False
    assert documents.shift(document=made[1], up=False, by=organiser) is False
    by = UserFactory.with_role(Role.PROTOCOL, summit)
    for action in (
        lambda: documents.add(session=session, paper=paper(), by=by),
        lambda: documents.replace(document=made[0], paper=paper(), by=by),
        lambda: documents.remove(document=made[0], by=by),
        lambda: documents.shift(document=made[1], up=True, by=by),
    ):
        with pytest.raises(PermissionDenied):
            action()


class TestDesk:
    def page(self, session: Session) -> str:
        return f"/admin/agenda/session/{session.pk}/documents/"

    def send(self, client: Client, path: str, content: bytes = PDF, **more: Any) -> Any:
        file = SimpleUploadedFile("brief.pdf", content)
        return client.post(path, {"file": file, "title": "Brief", "language": "en", **more}, follow=True)

    def test_a_document_is_added_replaced_and_taken_off(self, summit: Summit) -> None:
        session, client = SessionFactory(summit=summit), sign_in(summit, Role.PROGRAMME)
        assert b"No documents in this session." in client.get(self.page(session)).content
        assert "“Brief” added to the session." in self.send(client, self.page(session)).content.decode()
        row = Document.objects.get()
        said = self.send(client, self.page(session), b"<html>").content.decode()
        assert "This file type is not accepted." in said
        path = f"/admin/agenda/session/document/{row.pk}/replace/"
        assert "New version of “Final” saved." in self.send(client, path, title="Final").content.decode()
        said = self.send(client, path, title="Late").content.decode()
        assert "Someone has removed or replaced this document." in said
        new = Document.objects.get(removed_at=None)
        path = f"/admin/agenda/session/document/{new.pk}/remove/"
        assert b"Remove document" in client.get(path).content
        assert "“Final” removed from the session." in client.post(path, follow=True).content.decode()
        assert Document.objects.filter(removed_at=None).count() == 0

    def test_a_file_is_given_as_a_file_and_recorded(self, summit: Summit, organiser: User) -> None:
        made = documents.add(session=SessionFactory(summit=summit), paper=paper(), by=organiser)
        client = sign_in(summit, Role.VIEWER)
        response = client.get(f"/admin/agenda/session/document/{made.pk}/file/")
        assert response.content == PDF
        assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
        assert response["Content-Disposition"] == 'attachment; filename="brief.pdf"'
        assert AuditEntry.objects.filter(action=SEEN, object_key=made.public_id).count() == 1
