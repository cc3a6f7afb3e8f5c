"""A folder of speeches becomes transcripts: each file told, none dropped in silence, and twice the same."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from delegations.members.models.categories import Category
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from press.imports import definitions
from press.imports import services as imports_services
from press.imports.definitions import unpacked
from press.imports.folder_files import gather
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion
from press.texts.services import editions
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.imports import services
from summit.imports.definitions import ImportProblem
from summit.imports.models import ImportFile
from summit.imports.report import ReportLine
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses
from tests.module_fixtures import once_a_module
from tests.plan_apply_undo import check, few_examples, rolled_back, whole_database
from tests.press.helpers import officer, organiser
from tests.press.imports.docx_files import docx, par
from tests.schemas import DATA, needs_data

pytestmark = pytest.mark.django_db

TABLE = """order,iso3,country,speaker,post
2,FRA,France,"Catherine Colonna, Ms.",Minister for Europe
1,BRA,Brazil,José Álvares,President
3,EU,European Union,Charles Michel,President
4,KEN,Kenya,Wanjiru Kamau,President
"""


FILES: dict[str, str | bytes] = {
    "BRA.txt": "Madam President, this is one.\n\nThis is two.",
    "fra.docx": docx(par("Madam President, ", "I begin.")),
    "fr/FRA.md": "Madame la Présidente, je **commence**.",
    "EU.fr.txt": "Monsieur le Président.",
    "EU.txt": "Mr. President.",
    "DEU.txt": "No row has this.",
    "KEN.docx": b"PK broken",
    "BRA.xx.txt": "No such language.",
    "picture.png": b"x",
    "speakers.csv": TABLE,
}


def fill(folder: Path) -> Path:
    (folder / "fr").mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def _debate(slug: str) -> Summit:
    made: Summit = f.SummitFactory(slug=slug)
    officer(made)
    f.SessionFactory(summit=made, title="General debate")
    return made


@once_a_module
def imported() -> list[str]:
    """Import the folder into the summit "debate", and return what was said."""
    _debate("debate")
    with TemporaryDirectory() as folder:
        return whole(fill(Path(folder)))


@pytest.fixture
def empty(db: None) -> Summit:
    return _debate("empty")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path)


def run(folder: Path, *more: str, summit: str = "debate", **options: Any) -> list[str]:
    out = StringIO()
    call_command("import_speeches", folder, *more, summit=summit, stdout=out, no_color=True, **options)
    # Without the numbers of the files.
    return [re.sub(r"^\d+ ", "", line) for line in out.getvalue().splitlines()]


def whole(folder: Path, *more: str, **options: Any) -> list[str]:
    return run(folder, "--make-parties", *more, speakers=folder / "speakers.csv", **options)


TOLD = [
    "Not imported, since they are no texts: picture.png, speakers.csv.",
    "(new) BRA.txt, Brazil: José Álvares",
    "(refused) BRA.xx.txt: “xx” is not one of the text languages.",
    "(refused) DEU.txt: No delegation of this summit has the code DEU. Rename the file, or add the delegation.",
    "(new) EU.txt, European Union: Charles Michel: EU is not an ISO 3166 code; it is used for European Union "
    "(international organisation).",
    "(new) EU.fr.txt, European Union: Charles Michel: EU is not an ISO 3166 code; it is used for European Union "
    "(international organisation).",
    "(new) fra.docx, France: Catherine Colonna, Ms.",
    "(new) fr/FRA.md, France: Catherine Colonna, Ms.",
    "(refused) KEN.docx: This file can’t be read as DOCX. Open it, save it as DOCX and choose that file.",
    "(new) European Union, Charles Michel: Added as international organisation.",
    "New speeches in the session: 4",
    "Entries: 8. 5 new, 0 changed, 0 unchanged, 3 refused; 2 to check.",
]


BODIES = [
    ("france-catherine-colonna-ms", "en", True, "Madam President, I begin.\n"),
    ("france-catherine-colonna-ms", "fr", False, "Madame la Présidente, je **commence**.\n"),
    ("brazil-jose-alvares", "en", True, "Madam President, this is one.\n\nThis is two.\n"),
    ("european-union-charles-michel", "en", True, "Mr. President.\n"),
    ("european-union-charles-michel", "fr", False, "Monsieur le Président.\n"),
]


def test_a_folder_is_read_file_by_file(imported: list[str]) -> None:
    assert imported == TOLD
    speeches = Slot.objects.order_by("position").values_list("party__name", "speaker__name")
    assert list(speeches) == [
        ("France", "Catherine Colonna, Ms."),
        ("Brazil", "José Álvares"),
        ("European Union", "Charles Michel"),
        ("Kenya", "Wanjiru Kamau"),
    ]
    rows = TextVersion.objects.order_by("text__slot__position", "-authoritative").select_related("text")
    assert [(row.text.slug, row.language, row.authoritative, editions.newest(row).body) for row in rows] == BODIES
    assert set(Text.objects.values_list("kind", "wording", "embargo__moment")) == {("transcript", "delivered", None)}
    assert set(Edition.objects.values_list("state", flat=True)) == {EditionState.DRAFT}


def test_a_dry_run_writes_nothing(empty: Summit, folder: Path) -> None:
    assert whole(folder, "--dry-run", summit="empty") == [*TOLD[:-1], f"Nothing was written. {TOLD[-1]}"]
    rows = (empty.texts, empty.parties, Slot.objects.filter(session__summit=empty))
    assert [each.count() for each in rows] == [0, 0, 0]


def test_twice_changes_nothing_and_words_that_the_desk_changed_are_left(imported: list[str], folder: Path) -> None:
    before = list(AuditEntry.objects.values_list("pk", flat=True))
    assert whole(folder)[-1].startswith("Entries: 8. 0 new, 0 changed, 5 unchanged, 3 refused")
    entries = AuditEntry.objects.exclude(pk__in=before)
    assert {entry.action for entry in entries} == {"summit.importfile.add", "summit.importfile.apply"}
    assert (Text.objects.count(), Edition.objects.count(), Slot.objects.count()) == (3, 5, 4)
    version = TextVersion.objects.get(text__slug="brazil-jose-alvares")
    author = editions.newest(version).author
    editions.draft(version=version, based_on=1, title="Brazil", body="Changed.", by=author)
    said = "Edition 2 of this speech has different text. To use the file, open the page of the text."
    assert f"(refused) BRA.txt, Brazil: José Álvares: {said}" in whole(folder)
    assert editions.newest(version).body == "Changed."


def test_a_moment_can_be_given_afterwards_and_is_not_moved(imported: list[str], folder: Path) -> None:
    for name in FILES.keys() - {"BRA.txt", "speakers.csv"}:
        (folder / name).unlink()
    for moment, outcome in (("2030-07-01T09:30", "changed"), ("2030-08-01T09:30", "unchanged")):
        assert f"({outcome}) BRA.txt, Brazil: José Álvares" in whole(folder, "--publish-at", moment)
    moments = Embargo.objects.filter(texts__slug="brazil-jose-alvares").values_list("moment", flat=True)
    assert list(moments) == [datetime(2030, 7, 1, 8, 30, tzinfo=UTC)]


def test_without_a_table_the_session_says_who_speaks(imported: list[str], folder: Path) -> None:
    Text.objects.all().delete()
    Edition.objects.all().delete()
    (folder / "speakers.csv").unlink()
    slot = Slot.objects.get(party__name="Brazil")
    Slot.objects.create(session=slot.session, party=slot.party, speaker=slot.speaker, position=9)
    told = run(folder)
    assert "(refused) BRA.txt: Brazil has 2 speeches in this session. Add a table of speakers." in told
    assert "(new) fra.docx, France: Catherine Colonna, Ms." in told


def test_who_is_not_known_is_said_or_entered(imported: list[str], folder: Path) -> None:
    for name in FILES.keys() - {"BRA.txt", "fra.docx"}:
        (folder / name).unlink()
    (folder / "speakers.csv").write_text(TABLE.replace("José Álvares,President", "Another Name,Vice-President"))
    said = "Brazil has no one called Another Name. Correct the table, or add the person."
    assert f"(refused) BRA.txt: {said}" in run(folder, speakers=folder / "speakers.csv")
    again = [line for line in whole(folder) if any(name in line for name in ("Another", "BRA.txt", "fra.docx"))]
    assert again == [
        "(new) BRA.txt, Brazil: Another Name",
        "(unchanged) fra.docx, France: Catherine Colonna, Ms.",
        "(new) Brazil, Another Name: Brazil already has a head of delegation. This person is added as a speaker, "
        "not as a member.",
    ]
    speaker = Slot.objects.get(speaker__name="Another Name")
    assert (speaker.party, speaker.speaker.office) == (Party.objects.get(name="Brazil"), "Vice-President")
    # What is imported is refused nowhere.
    assert "(unchanged) BRA.txt, Brazil: Another Name" in whole(folder)


def test_what_cannot_be_done_is_said(empty: Summit, folder: Path) -> None:
    for options, said in (
        ({"session": "Nothing"}, "The summit has no session called Nothing."),
        ({"by": "nobody@summit.example"}, "Name with --by the mailbox of a press officer"),
        ({"publish_at": "tomorrow"}, "Enter a date and time"),
        ({"make_parties": True}, "Delegations are created from the table of speakers"),
    ):
        refuses(CommandError, run, folder, summit="empty", match=said, **options)


def test_sessions_officers_and_how_it_is_published_can_be_named(empty: Summit, folder: Path) -> None:
    f.SessionFactory(summit=empty, title="Closing")
    refuses(CommandError, whole, folder, summit="empty", match="The summit has several sessions")
    other = officer(empty)
    for named in ({}, {"by": organiser(empty).email}):
        refuses(CommandError, whole, folder, session="Closing", summit="empty", match="Name with --by", **named)
    named = {"session": empty.sessions.get(title="Closing").public_id, "by": other.email}
    whole(folder, "--publish-at", "2030-07-01T09:30", "--submit", "--wording", "prepared", summit="empty", **named)
    texts, written = empty.texts.all(), Edition.objects.filter(version__text__summit=empty)
    assert set(written.values_list("author", "state")) == {(other.pk, EditionState.IN_REVIEW)}
    moment = datetime(2030, 7, 1, 8, 30, tzinfo=UTC)
    found = set(texts.values_list("slot__session__title", "wording", "embargo__moment"))
    assert found == {("Closing", "prepared", moment)}


def test_names_of_files() -> None:
    names = ("FRA.txt", "fr/DEU.md", "GBR.ar.docx", ".git/USA.txt", "note.csv", "a/b/ITA.TXT")
    files = gather(dict.fromkeys(names, b"x"), language="en")
    assert [(file.name, file.code, file.language) for file in files] == [
        ("fr/DEU.md", "DEU", "fr"),
        ("FRA.txt", "FRA", "en"),
        ("GBR.ar.docx", "GBR", "ar"),
        ("a/b/ITA.TXT", "ITA", "en"),
    ]


def test_speeches_are_put_on_the_list_in_as_many_queries_for_one_as_for_many(
    empty: Summit, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports_services._Import, "line", lambda self, file: ReportLine(number=1))
    counts = []
    for rows in (TABLE.splitlines()[:2], TABLE.splitlines()):
        (folder / "speakers.csv").write_text("\n".join(rows))
        with CaptureQueriesContext(connection) as asked:
            whole(folder, summit="empty")
        counts.append(sum("agenda_slot" in query["sql"] for query in asked))
    assert counts[0] == counts[1]


HOME = "/admin/press/speechimportfile/"


def packed(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.fixture
def session() -> Session:
    found: Session = f.SessionFactory(summit=f.SummitFactory(slug="archive"), title="General debate")
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


ARCHIVE = {"FRA.txt": "Madam President.", "fr/FRA.md": "Madame la Présidente.", "BRA.txt": "One.", "note.png": "x"}


def store(summit: Summit, by: Any, session: Session, **files: str) -> ImportFile:
    options = {"session": session.public_id}
    content = packed(**(files or ARCHIVE))
    return services.store(summit=summit, kind="speeches", filename="s.zip", content=content, by=by, options=options)


def test_an_officer_uploads_previews_imports_and_undoes(session: Session, by: User) -> None:
    client, texts = signed_in(by), session.summit.texts
    written = Edition.objects.filter(version__text__summit=session.summit)
    assert f'href="{HOME}upload/">Upload speeches</a>' in client.get("/admin/press/text/").content.decode()
    form = client.get(f"{HOME}upload/").content.decode()
    assert all(text in form for text in ("Submit for review", "Each file becomes a draft transcript"))
    asked = {
        "app_label": "agenda",
        "model_name": "slot",
        "field_name": "session",
        "term": "debate",
        "summit": "archive",
    }
    found = client.get("/admin/autocomplete/", asked | {"summit": "archive"}).json()["results"]
    assert found == [{"id": session.public_id, "text": "General debate"}]
    assert "make_parties" not in form
    sent = {"summit": "archive", "kind": "speeches", "wording": "delivered"}
    words = strip_tags(client.post(f"{HOME}upload/", sent).content.decode())
    assert ("Choose a file." in words, "Session: Fill in this field." in words) == (True, True)
    sent["session"] = session.public_id
    file = SimpleUploadedFile("s.zip", packed(**ARCHIVE))
    page = client.post(f"{HOME}upload/", {**sent, "file": file})["Location"]
    shown = client.get(page).content.decode()
    assert "Import 3 entries" in shown
    assert "Skipped because they are not DOCX, Markdown or plain text: note.png." in shown
    assert texts.count() == 0
    own = page.removesuffix("change/")
    assert "3 entries imported." in client.post(f"{own}take/", follow=True).content.decode()
    assert (texts.count(), written.count()) == (2, 3)
    assert "Import undone." in client.post(f"{own}undo/", follow=True).content.decode()
    assert (texts.count(), written.count(), session.summit.embargoes.count()) == (0, 0, 0)


def test_it_does_what_it_says_and_nothing_remains_when_undone(session: Session, by: User) -> None:
    content = packed(**ARCHIVE)
    options = {"session": session.public_id, "submit": "yes", "publish_at": "2030-07-01 09:30"}
    check(summit=session.summit, kind="speeches", filename="s.zip", content=content, by=by, options=options)


SPEECHES = {
    "FRA.txt": ["One.", "Two."],
    "fra.md": ["One.", "Two."],
    "en/FRA.txt": ["One.", "Two."],
    "FRA.fr.txt": ["Un.", "Deux."],
    "BRA.txt": ["One."],
    "ITA.txt": ["One."],
}
SPEAKERS = st.lists(
    st.tuples(
        st.sampled_from(["FRA", "BRA", "ITA"]),
        st.sampled_from(["France speaks", "Ada Example", "Example Ada"]),
        st.sampled_from(["", "President", "Minister"]),
    ),
    max_size=4,
)


@pytest.mark.slow("imports many archives")
@given(
    files=st.fixed_dictionaries({}, optional={name: st.sampled_from(texts) for name, texts in SPEECHES.items()}),
    speakers=SPEAKERS,
    make=st.sampled_from(["", "yes"]),
)
@settings(few_examples, max_examples=25)
def test_any_archive_twice_changes_nothing(
    files: dict[str, str], speakers: list[tuple[str, ...]], make: str, session: Session, by: User
) -> None:
    table = {"s.csv": "iso3,head,office\n" + "".join(f"{','.join(row)}\n" for row in speakers)} if speakers else {}
    content, options = packed(**(files or ARCHIVE), **table), {"session": session.public_id, "make_parties": make}
    with rolled_back():
        for again in (False, True):
            values = {"summit": session.summit, "kind": "speeches", "filename": "s.zip", "options": options}
            file = services.store(content=content, by=by, **values)
            before = whole_database()
            report = services.apply(file=file, by=by)
            assert not again or (report.writes, whole_database() == before) == (0, True)


def test_files_and_rows_that_contradict_each_other_are_told(session: Session, by: User) -> None:
    files = {"FRA.txt": "One.", "en/FRA.md": "Two.", "BRA.txt": "One."}
    report = services.report_of(store(session.summit, by, session, **files))
    assert report is not None
    told = [(line.part_of, line.outcome, line.notes) for line in report.lines]
    said = "“FRA.txt” is the same speech in the same language. Remove one of them."
    assert told == [("BRA.txt", "new", []), ("FRA.txt", "new", []), ("en/FRA.md", "refused", [said])]
    rows = "iso3,head\nFRA,France speaks\nBRA,Brazil speaks\nFRA,Ada Example\n"
    report = services.report_of(store(session.summit, by, session, **files, **{"s.csv": rows}))
    assert report is not None
    said = "Rows 2 and 4 of the table name different speakers for FRA. Correct one of them."
    assert [(line.part_of, line.notes) for line in report.lines] == [
        ("BRA.txt", []),
        ("FRA.txt", [said]),
        ("en/FRA.md", [said]),
    ]


def test_words_that_the_desk_has_changed_since_keep_the_import(session: Session, by: User) -> None:
    file = store(session.summit, by, session)
    services.apply(file=file, by=by)
    version = session.summit.texts.get(slug__startswith="brazil").versions.get()
    editions.draft(version=version, based_on=1, title="Brazil", body="Changed.", by=by)
    refuses(ImportProblem, services.undo, file=file, by=by, match="other records now depend on it")
    assert editions.newest(version).body == "Changed."


def test_only_officers_import_speeches_into_a_session_of_the_summit(session: Session, by: User) -> None:
    for other in (SYSTEM, f.UserFactory.with_role(Role.PRESS_APPROVER, session.summit)):
        refuses(PermissionDenied, store, session.summit, other, session)
    refuses(ImportProblem, store, session.summit, by, f.SessionFactory(), match="Session: choose from the list")


def test_what_is_no_archive_of_speeches(session: Session, by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for files, message in (
        ({"note.png": "x", ".hidden.txt": "x"}, "The archive has no texts"),
        ({"FRA.txt": "x", "a.csv": "iso3", "b.csv": "iso3"}, "The archive has several tables"),
    ):
        refuses(ImportProblem, store, session.summit, by, session, match=message, **files)
    refuses(ImportProblem, unpacked, b"PK broken", match="This archive can’t be read")
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
    sent = {"summit": "archive", "kind": "speeches", "session": session.public_id, "wording": "delivered"}
    file = SimpleUploadedFile("FRA.docx", docx(par("Friends.")))
    page = signed_in(by).post(f"{HOME}upload/", {**sent, "file": file}).content.decode()
    assert 'One speech? <a href="/admin/press/text/add/">Add text</a>' in page
    assert "This is one speech, not an archive. Choose “Add text” to import it." in page
