"""A folder of speeches becomes transcripts: each file told, none dropped in silence, and twice the same."""

import re
import shutil
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delegations.parties.models.parties import Party
from press.imports import services as imports_services
from press.imports.folder_files import gather
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion
from press.texts.services import editions
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import Session
from summit.audit.models import AuditEntry
from summit.imports.report import ReportLine
from summit.summits.models import Summit
from tests.factories import SessionFactory, SummitFactory
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


@pytest.fixture
def summit() -> Summit:
    found = SummitFactory(slug="debate")
    officer(found)
    SessionFactory(summit=found, title="General debate")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fr").mkdir()
    (tmp_path / "BRA.txt").write_text("Madam President, this is one.\n\nThis is two.")
    (tmp_path / "fra.docx").write_bytes(docx(par("Madam President, ", "I begin.")))
    (tmp_path / "fr" / "FRA.md").write_text("Madame la Présidente, je **commence**.")
    (tmp_path / "EU.fr.txt").write_text("Monsieur le Président.")
    (tmp_path / "EU.txt").write_text("Mr. President.")
    (tmp_path / "DEU.txt").write_text("No row has this.")
    (tmp_path / "KEN.docx").write_bytes(b"PK broken")
    (tmp_path / "BRA.xx.txt").write_text("No such language.")
    (tmp_path / "picture.png").write_bytes(b"x")
    (tmp_path / "speakers.csv").write_text(TABLE)
    return tmp_path


def run(folder: Path, *more: str, **options: Any) -> list[str]:
    out = StringIO()
    call_command("import_speeches", folder, *more, summit="debate", stdout=out, no_color=True, **options)
    # Without the numbers of the files.
    return [re.sub(r"^\d+ ", "", line) for line in out.getvalue().splitlines()]


def whole(folder: Path, *more: str) -> list[str]:
    return run(folder, "--make-parties", *more, speakers=folder / "speakers.csv")


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


def test_a_folder_is_read_file_by_file(summit: Summit, folder: Path) -> None:
    assert whole(folder) == TOLD
    speeches = Slot.objects.order_by("position")
    assert [(slot.party.name if slot.party else "", slot.speaker.name) for slot in speeches] == [
        ("France", "Catherine Colonna, Ms."),
        ("Brazil", "José Álvares"),
        ("European Union", "Charles Michel"),
        ("Kenya", "Wanjiru Kamau"),
    ]
    rows = TextVersion.objects.order_by("text__slot__position", "-authoritative").select_related("text")
    found = [(row.text.slug, row.language, row.authoritative, editions.newest(row).body) for row in rows]
    assert found == [
        ("france-catherine-colonna-ms", "en", True, "Madam President, I begin.\n"),
        ("france-catherine-colonna-ms", "fr", False, "Madame la Présidente, je **commence**.\n"),
        ("brazil-jose-alvares", "en", True, "Madam President, this is one.\n\nThis is two.\n"),
        ("european-union-charles-michel", "en", True, "Mr. President.\n"),
        ("european-union-charles-michel", "fr", False, "Monsieur le Président.\n"),
    ]
    assert set(Text.objects.values_list("kind", "wording", "embargo__moment")) == {("transcript", "delivered", None)}
    assert set(Edition.objects.values_list("state", flat=True)) == {EditionState.DRAFT}


def test_twice_changes_nothing_and_a_dry_run_writes_nothing(summit: Summit, folder: Path) -> None:
    told = whole(folder, "--dry-run")
    assert told == [*TOLD[:-1], f"Nothing was written. {TOLD[-1]}"]
    assert [model.objects.count() for model in (Text, Party, Slot)] == [0, 0, 0]
    whole(folder)
    before = list(AuditEntry.objects.values_list("pk", flat=True))
    again = whole(folder)
    assert again[-1].startswith("Entries: 8. 0 new, 0 changed, 5 unchanged, 3 refused")
    entries = AuditEntry.objects.exclude(pk__in=before)
    assert {entry.action for entry in entries} == {"summit.importfile.add", "summit.importfile.apply"}
    assert (Text.objects.count(), Edition.objects.count(), Slot.objects.count()) == (3, 5, 4)


def test_words_that_the_desk_changed_are_left(summit: Summit, folder: Path) -> None:
    whole(folder)
    version = TextVersion.objects.get(text__slug="brazil-jose-alvares")
    author = editions.newest(version).author
    editions.draft(version=version, based_on=1, title="Brazil", body="Changed.", by=author)
    told = whole(folder)
    said = "Edition 2 of this speech has different text. To use the file, open the page of the text."
    assert f"(refused) BRA.txt, Brazil: José Álvares: {said}" in told
    assert editions.newest(version).body == "Changed."


def test_moment_wording_and_review_can_be_asked_for(summit: Summit, folder: Path) -> None:
    whole(folder, "--publish-at", "2030-07-01T09:30", "--submit", "--wording", "prepared")
    moment = datetime(2030, 7, 1, 8, 30, tzinfo=UTC)
    assert set(Text.objects.values_list("wording", "embargo__moment")) == {("prepared", moment)}
    assert set(Edition.objects.values_list("state", flat=True)) == {EditionState.IN_REVIEW}


def test_a_moment_can_be_given_afterwards_and_is_not_moved(summit: Summit, folder: Path) -> None:
    whole(folder)
    assert "(changed) BRA.txt, Brazil: José Álvares" in whole(folder, "--publish-at", "2030-07-01T09:30")
    assert "(unchanged) BRA.txt, Brazil: José Álvares" in whole(folder, "--publish-at", "2030-08-01T09:30")
    moments = set(Embargo.objects.filter(texts__isnull=False).values_list("moment", flat=True))
    assert moments == {datetime(2030, 7, 1, 8, 30, tzinfo=UTC)}


def test_without_a_table_the_session_says_who_speaks(summit: Summit, folder: Path) -> None:
    whole(folder)
    Text.objects.all().delete()
    Edition.objects.all().delete()
    (folder / "speakers.csv").unlink()
    slot = Slot.objects.get(party__name="Brazil")
    Slot.objects.create(session=slot.session, party=slot.party, speaker=slot.speaker, position=9)
    told = run(folder)
    assert "(refused) BRA.txt: Brazil has 2 speeches in this session. Add a table of speakers." in told
    assert "(new) fra.docx, France: Catherine Colonna, Ms." in told


def test_who_is_not_known_is_said_or_entered(summit: Summit, folder: Path) -> None:
    whole(folder)
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
    told = whole(folder)
    assert "(unchanged) BRA.txt, Brazil: Another Name" in told


def test_what_cannot_be_done_is_said(summit: Summit, folder: Path) -> None:
    for options, said in (
        ({"session": "Nothing"}, "The summit has no session called Nothing."),
        ({"by": "nobody@summit.example"}, "Name with --by the mailbox of a press officer"),
        ({"publish_at": "tomorrow"}, "Enter a date and time"),
        ({"make_parties": True}, "Delegations are created from the table of speakers"),
    ):
        with pytest.raises(CommandError, match=said):
            run(folder, **options)


def test_sessions_and_officers_are_named_where_there_are_several(summit: Summit, folder: Path) -> None:
    SessionFactory(summit=summit, title="Closing")
    with pytest.raises(CommandError, match="The summit has several sessions"):
        whole(folder)
    other = officer(summit)
    with pytest.raises(CommandError, match="Name with --by"):
        whole(folder, "--session", "Closing")
    with pytest.raises(CommandError, match="Name with --by"):
        whole(folder, "--session", "Closing", "--by", organiser(summit).email)
    whole(folder, "--session", Session.objects.get(title="Closing").public_id, "--by", other.email)
    assert set(Edition.objects.values_list("author", flat=True)) == {other.pk}
    assert set(Slot.objects.values_list("session__title", flat=True)) == {"Closing"}


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
    summit: Summit, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports_services._Import, "line", lambda self, file: ReportLine(number=1))
    counts = []
    for rows in (TABLE.splitlines()[:2], TABLE.splitlines()):
        (folder / "speakers.csv").write_text("\n".join(rows))
        with CaptureQueriesContext(connection) as asked:
            whole(folder)
        counts.append(sum("agenda_slot" in query["sql"] for query in asked))
    assert counts[0] == counts[1]


@needs_data
@pytest.mark.broad("reads a real table of 193 speakers")
def test_real_speeches(summit: Summit, tmp_path: Path) -> None:
    there = DATA / "unga-77"
    for code in ("FRA", "BRA", "EU", "PSE", "CIV", "AND"):
        shutil.copy(there / "speeches" / f"{code}.txt", tmp_path)
    told = run(tmp_path, "--make-parties", speakers=there / "speakers.csv")
    assert told[-1].startswith("Entries: 6. 6 new, 0 changed, 0 unchanged, 0 refused")
    assert [line for line in told if " EU.txt" in line] == [
        "(new) EU.txt, European Union: Charles Michel: EU is not an ISO 3166 code; it is used for European Union "
        "(international organisation). Each line of the file is now a paragraph."
    ]
    assert Party.objects.count() == 193
    assert Slot.objects.count() == 6
    for path in sorted(tmp_path.glob("*.txt")):
        words = path.read_text().split()
        bodies = Edition.objects.values_list("body", flat=True)
        # Nothing of it reads as Markdown: but for signs that are escaped the words are the same.
        assert sum(body.replace("\\", "").split() == words for body in bodies) == 1
    again = run(tmp_path, "--make-parties", speakers=there / "speakers.csv")
    assert again[-1].startswith("Entries: 6. 0 new, 0 changed, 6 unchanged, 0 refused")
