"""Tables of parties and people in the admin: uploaded, looked at, taken over, deleted."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.domain import sheets
from delegations.models import Category, Party, Sheet
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Person, Role, Summit, User
from summit.tables import reading as tables
from summit.uploads import shown
from summit.work.models import Job
from tests import factories as f

pytestmark = pytest.mark.django_db
HOME = "/admin/delegations/sheet/"
TEXT = "party,name,category,size\nFrance,Ada Example,,1\nFrance,Bea Example,wizard,2\n,=1+1,,3\n<b>Acme</b>,Cai,,4\n"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here", short_name="Talks")
    Category.objects.of(found)
    return found


@pytest.fixture
def desk(summit: Summit) -> Client:
    return signed_in(f.UserFactory.with_role(Role.PROTOCOL, summit))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, text: str = TEXT, **values: Any) -> Any:
    file = SimpleUploadedFile("people.csv", text.encode())
    return client.post(f"{HOME}upload/", {"summit": "here", "purpose": "people", "file": file, **values})


def page(client: Client, rest: str = "") -> str:
    response = client.get(f"{HOME}{rest}")
    assert response.status_code == 200
    return response.content.decode()


class TestUpload:
    @pytest.mark.parametrize(
        ("address", "word", "purpose"),
        [
            ("delegations/party", "Upload parties", "parties"),
            ("summit/person", "Upload people", "people"),
        ],
    )
    def test_the_lists_lead_to_it(self, address: str, word: str, purpose: str, desk: Client) -> None:
        said = desk.get(f"/admin/{address}/").content.decode()
        assert f'<a href="/admin/delegations/sheet/upload/?purpose={purpose}&amp;summit=here">{word}</a>' in said
        other = signed_in(f.UserFactory.with_role(Role.ACCREDITATION, Summit.objects.get()))
        assert word not in other.get(f"/admin/{address}/").content.decode()

    def test_rows_are_told_before_anything_is_written(self, desk: Client) -> None:
        response = send(desk)
        row = Sheet.objects.get()
        assert response["Location"] == f"{HOME}{row.pk}/change/"
        said = page(desk, f"{row.pk}/change/")
        assert "Nothing is written yet." in said
        assert "Take over 2 rows</button>" in said
        assert "<strong>2</strong> <span>refused</span>" in said
        assert "Columns that nobody knows are left out:" in said
        assert "“wizard” is no category of this summit." in said
        assert "<b>Acme</b>" not in said
        assert "&lt;b&gt;Acme" in said
        assert not Party.objects.exists()
        seen = AuditEntry.objects.get(action=SEEN, object_type="delegations.sheet")
        assert seen.fields == ["report"]

    def test_only_the_rows_that_one_asks_for(self, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        send(desk)
        key = Sheet.objects.get().pk
        refused = page(desk, f"{key}/change/?rows=refused")
        assert "Bea Example" in refused
        assert "Ada Example" not in refused
        assert "Ada Example" in page(desk, f"{key}/change/?rows=nonsense&page=x")
        monkeypatch.setattr(shown, "ROWS", 1)
        assert "2–2 of 4" in page(desk, f"{key}/change/?page=2")

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"file": ""}, "Choose the file that holds the table."),
            ({"file": SimpleUploadedFile("x.csv", b"")}, "The file is empty. Choose the one that holds the table."),
            ({"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04nonsense")}, "This spreadsheet can’t be read."),
            ({"summit": "nowhere"}, "Choose one of them."),
        ],
    )
    def test_what_cannot_be_read_says_why(self, values: dict[str, Any], said: str, desk: Client) -> None:
        response = send(desk, **values)
        assert response.status_code == 200
        assert said in response.content.decode()
        assert not Sheet.objects.exists()

    def test_a_file_that_is_too_large(self, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "MOST_BYTES", 10)
        assert "The file has more than 0 MB." in send(desk).content.decode()

    def test_another_summit_is_none_of_its_business(self, desk: Client) -> None:
        f.SummitFactory(slug="there")
        assert send(desk, summit="there").status_code == 200
        assert not Sheet.objects.exists()


class TestTake:
    def test_once_and_told(self, desk: Client) -> None:
        send(desk)
        key = Sheet.objects.get().pk
        said = desk.post(f"{HOME}{key}/take/", follow=True).content.decode()
        assert "2 rows are taken over." in said
        assert "2 rows were taken over:" in said
        assert "Take over" not in said
        assert (Person.objects.count(), Party.objects.count()) == (2, 2)
        again = desk.post(f"{HOME}{key}/take/", follow=True).content.decode()
        assert "This table is taken over or deleted already." in again
        assert Person.objects.count() == 2

    def test_many_rows_are_a_workers(self, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sheets, "AT_ONCE", 1)
        response = send(desk)
        job = Job.objects.get()
        assert response["Location"] == f"/admin/work/{job.public_id}/"
        assert job.params == {"sheet": Sheet.objects.get().public_id, "deed": "look"}
        key = Sheet.objects.get().pk
        assert "Look at 4 rows</button>" in page(desk, f"{key}/change/")
        sheets.look(sheet=Sheet.objects.get(), by=job.by)
        assert desk.post(f"{HOME}{key}/take/")["Location"].startswith("/admin/work/")
        assert not Party.objects.exists()

    def test_deleted(self, desk: Client) -> None:
        send(desk)
        response = desk.post(f"{HOME}{Sheet.objects.get().pk}/drop/", follow=True)
        assert "The table is deleted. What was taken over of it stays." in response.content.decode()
        assert not Sheet.objects.exists()

    def test_a_focal_points_table_is_not_here(self, desk: Client) -> None:
        row = f.SheetFactory(summit=Summit.objects.get(), party=f.PartyFactory(summit=Summit.objects.get()))
        assert desk.get(f"{HOME}{row.pk}/change/").status_code == 404
        assert "people.xlsx" not in page(desk)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_empty_table_comes_back_with_known_headings(ending: str, desk: Client) -> None:
    response = desk.get(f"{HOME}empty/?purpose=people&ending={ending}&summit=here")
    assert response["Content-Disposition"] == f'attachment; filename="people.{ending}"'
    head = tables.read(filename="x", content=response.content).headings
    assert head[:3] == ["Party", "Name", "Office held"]
    # Protocol enters nobody's passport.
    assert "Passport number" not in head
    assert "Dietary needs" in head


def test_the_list_takes_no_more_queries_for_more_tables(desk: Client, summit: Summit) -> None:
    def cost() -> int:
        page(desk)
        with CaptureQueriesContext(connection) as queries:
            page(desk)
        return len(queries)

    f.SheetFactory(summit=summit)
    few = cost()
    f.SheetFactory.create_batch(5, summit=summit)
    assert cost() == few
