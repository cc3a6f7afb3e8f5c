"""Archives of speeches at the press desk: uploaded, previewed, imported as drafts, and undone."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags

from delegations.members.models.categories import Category
from delegations.parties.models.policy import Policy
from press.imports import definitions
from press.imports.definitions import unpacked
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from press.texts.services import editions
from sessions.draft.models.sessions import Session
from summit.audit.services import SYSTEM
from summit.imports import services
from summit.imports.definitions import ImportProblem
from summit.imports.models import ImportFile
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.plan_apply_undo import check
from tests.press.helpers import officer
from tests.press.imports.docx_files import docx, par
from tests.schemas import DATA, needs_data

pytestmark = pytest.mark.django_db
HOME = "/admin/press/speechimportfile/"


def packed(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.fixture
def session() -> Session:
    found: Session = f.SessionFactory(summit=f.SummitFactory(slug="debate"), title="General debate")
    # What a summit gets when somebody looks at it first.
    Category.objects.of(found.summit)
    Policy.objects.of(found.summit)
    for code, name in (("FR", "France"), ("BR", "Brazil")):
        party = f.PartyFactory(summit=found.summit, name=name, iso_code=code)
        f.SlotFactory(session=found, party=party, speaker=f.PersonFactory(summit=found.summit, name=f"{name} speaks"))
    return found


@pytest.fixture
def by(session: Session) -> User:
    return officer(session.summit)


FILES = {"FRA.txt": "Madam President.", "fr/FRA.md": "Madame la Présidente.", "BRA.txt": "One.", "note.png": "x"}


def store(summit: Summit, by: Any, session: Session, **files: str) -> ImportFile:
    return services.store(
        summit=summit,
        kind="speeches",
        filename="s.zip",
        content=packed(**(files or FILES)),
        by=by,
        options={"session": session.public_id},
    )


def test_an_officer_uploads_previews_imports_and_undoes(session: Session, by: User) -> None:
    client: Client = signed_in(by)
    assert f'href="{HOME}upload/">Upload speeches</a>' in client.get("/admin/press/text/").content.decode()
    form = client.get(f"{HOME}upload/").content.decode()
    assert all(text in form for text in ("Submit for review", "Each file becomes a draft transcript"))
    asked = {"app_label": "agenda", "model_name": "slot", "field_name": "session", "term": "debate"}
    found = client.get("/admin/autocomplete/", asked).json()["results"]
    assert found == [{"id": session.public_id, "text": "General debate"}]
    assert "make_parties" not in form
    refused = client.post(f"{HOME}upload/", {"summit": "debate", "kind": "speeches", "wording": "delivered"}).content
    words = strip_tags(refused.decode())
    assert "Choose a file." in words
    assert "Session: Fill in this field." in words
    sent = {"summit": "debate", "kind": "speeches", "session": session.public_id, "wording": "delivered"}
    file = SimpleUploadedFile("s.zip", packed(**FILES))
    page = client.post(f"{HOME}upload/", {**sent, "file": file})["Location"]
    shown = client.get(page).content.decode()
    assert "Import 3 entries" in shown
    assert "Skipped because they are not DOCX, Markdown or plain text: note.png." in shown
    assert Text.objects.count() == 0
    own = page.removesuffix("change/")
    assert "3 entries imported." in client.post(f"{own}take/", follow=True).content.decode()
    assert (Text.objects.count(), Edition.objects.count()) == (2, 3)
    assert "Import undone." in client.post(f"{own}undo/", follow=True).content.decode()
    assert (Text.objects.count(), Edition.objects.count(), Embargo.objects.count()) == (0, 0, 0)


def test_it_does_what_it_says_and_nothing_remains_when_undone(session: Session, by: User) -> None:
    content = packed(**FILES)
    options = {"session": session.public_id, "submit": "yes", "publish_at": "2030-07-01 09:30"}
    check(summit=session.summit, kind="speeches", filename="s.zip", content=content, by=by, options=options)


def test_words_that_the_desk_has_changed_since_keep_the_import(session: Session, by: User) -> None:
    file = store(session.summit, by, session)
    services.apply(file=file, by=by)
    version = Text.objects.get(slug__startswith="brazil").versions.get()
    editions.draft(version=version, based_on=1, title="Brazil", body="Changed.", by=by)
    with pytest.raises(ImportProblem, match="other records now depend on it"):
        services.undo(file=file, by=by)
    assert editions.newest(version).body == "Changed."


def test_only_officers_import_speeches_into_a_session_of_the_summit(session: Session, by: User) -> None:
    for other in (SYSTEM, f.UserFactory.with_role(Role.PRESS_APPROVER, session.summit)):
        with pytest.raises(PermissionDenied):
            store(session.summit, other, session)
    with pytest.raises(ImportProblem, match="Session: choose from the list"):
        store(session.summit, by, f.SessionFactory())


def test_what_is_no_archive_of_speeches(session: Session, by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for files, message in (
        ({"note.png": "x", ".hidden.txt": "x"}, "The archive has no texts"),
        ({"FRA.txt": "x", "a.csv": "iso3", "b.csv": "iso3"}, "The archive has several tables"),
    ):
        with pytest.raises(ImportProblem, match=message):
            store(session.summit, by, session, **files)
    with pytest.raises(ImportProblem, match="This archive can’t be read"):
        unpacked(b"PK broken")
    monkeypatch.setattr(definitions, "SPEECHES_BUDGET", replace(definitions.SPEECHES_BUDGET, unpacked=10))
    with pytest.raises(ImportProblem, match="more than 500 files or 0 MB"):
        unpacked(packed(**{"FRA.txt": "x" * 11}))
    # The control: what it may hold is read.
    assert unpacked(packed(**{"FRA.txt": "x" * 10})) == {"FRA.txt": b"x" * 10}


@needs_data
@pytest.mark.broad("reads 193 real speeches")
def test_the_speeches_of_the_general_debate(session: Session, by: User) -> None:
    there = DATA / "unga-77"
    files = {path.name: path.read_text() for path in sorted((there / "speeches").glob("*.txt"))}
    content = packed(**files, **{"speakers.csv": (there / "speakers.csv").read_text()})
    options = {"session": session.public_id, "make_parties": "yes"}
    report = check(summit=session.summit, kind="speeches", filename="s.zip", content=content, by=by, options=options)
    assert (len(files), report.counts["new"], report.counts["refused"]) == (193, 193, 0)


def test_one_speech_is_led_to_where_it_is_added(session: Session, by: User) -> None:
    client = signed_in(by)
    assert (
        'One speech? <a href="/admin/press/text/add/">Add text</a>' in client.get(f"{HOME}upload/").content.decode()
    )
    sent = {"summit": "debate", "kind": "speeches", "session": session.public_id, "wording": "delivered"}
    answer = client.post(f"{HOME}upload/", {**sent, "file": SimpleUploadedFile("FRA.docx", docx(par("Friends.")))})
    assert "This is one speech, not an archive. Choose “Add text” to import it." in answer.content.decode()
