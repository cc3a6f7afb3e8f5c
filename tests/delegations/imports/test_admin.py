"""Tables of parties and people in the admin: uploaded, looked at, taken over, deleted."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from delegations.imports.models import DelegationImportFile
from delegations.parties.models.parties import Party
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.imports import table_parsing
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in, text

pytestmark = pytest.mark.django_db
HOME = "/admin/delegations/delegationimportfile/"
TEXT = """party,kind,name,category,size
France,country,Ada Example,,1
France,country,Bea Example,wizard,2
,,=1+1,,3
<b>Acme</b>,invited organisation,Cai,,4
"""


def send(client: Client, given: str = TEXT, **values: Any) -> Any:
    file = SimpleUploadedFile("people.csv", given.encode())
    return client.post(f"{HOME}upload/", {"summit": "here", "kind": "people", "file": file, **values})


class TestUpload:
    def test_the_lists_lead_to_it(self, summit: Summit, desk: Client) -> None:
        other = sign_in(summit, Role.ACCREDITATION)
        for address, kind, words in (
            ("delegations/party", "parties", "delegations"),
            ("summit/person", "people", "people"),
        ):
            leads = f'<a href="{HOME}upload/?kind={kind}&amp;summit=here">Upload {words}</a>'
            assert leads in text(desk.get(f"/admin/{address}/"))
            assert f"Upload {words}" not in text(other.get(f"/admin/{address}/"))

    def test_rows_are_told_before_anything_is_written(self, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        response = send(desk)
        own = f"{HOME}{DelegationImportFile.objects.get().pk}/change/"
        assert response["Location"] == own
        page = text(desk.get(own))
        for words in (
            *("Nothing is imported yet.", "Import 2 entries</button>", "<strong>2</strong> <span>refused</span>"),
            *("Unknown columns skipped: size.", "“wizard” is not a category of this summit.", "&lt;b&gt;Acme"),
        ):
            assert words in page, words
        assert not Party.objects.exists()
        assert AuditEntry.objects.get(action=SEEN, object_type="delegations.delegationimportfile").fields == [
            "report"
        ]
        # Only the rows that one asks for.
        refused = text(desk.get(f"{own}?rows=refused"))
        assert ("Bea Example" in refused, "Ada Example" in refused) == (True, False)

    def test_what_cannot_be_read_says_why(self, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        f.SummitFactory(slug="there")
        for values, said in (
            ({"file": ""}, "Choose a file."),
            ({"file": SimpleUploadedFile("x.csv", b"")}, "The file is empty. Choose another file."),
            ({"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04nonsense")}, "This spreadsheet can’t be read."),
            ({"summit": "nowhere"}, "Choose one from the list."),
            ({"summit": "there"}, "Choose one from the list."),
        ):
            response = send(desk, **values)
            assert (response.status_code, said in text(response)) == (200, True), said
        assert not DelegationImportFile.objects.exists()


class TestTake:
    def test_once_and_told(self, desk: Client) -> None:
        send(desk)
        address = f"{HOME}{DelegationImportFile.objects.get().pk}/take/"
        page = text(desk.post(address, follow=True))
        assert all(words in page for words in ("2 entries imported.", "2 entries imported on "))
        assert "Import 2 entries</button>" not in page
        assert (Person.objects.count(), Party.objects.count()) == (2, 2)
        assert "This file is already imported or deleted." in text(desk.post(address, follow=True))
        assert Person.objects.count() == 2

    def test_deleted_and_a_focal_points_table_is_not_here(self, summit: Summit, desk: Client) -> None:
        theirs = f.DelegationImportFileFactory(
            summit=summit, party_key=f.PartyFactory(summit=summit).public_id, filename="theirs.csv"
        )
        assert desk.get(f"{HOME}{theirs.pk}/change/").status_code == 404
        assert "theirs.csv" not in text(desk.get(HOME))
        row = f.DelegationImportFileFactory(summit=summit)
        answer = desk.post(f"{HOME}{row.pk}/drop/", follow=True)
        assert "File deleted. Imported data stays." in text(answer)
        assert not DelegationImportFile.objects.filter(pk=row.pk).exists()


def test_an_empty_table_comes_back_with_known_headings(desk: Client) -> None:
    for ending in ("csv", "xlsx"):
        response = desk.get(f"{HOME}empty/?kind=people&ending={ending}&summit=here")
        head = table_parsing.read(filename="x", content=response.content).headings
        assert head[:3] == ["Delegation", "Name", "Office held"]
        # Protocol enters nobody's passport.
        assert ("Passport number" in head, "Dietary needs" in head) == (False, True)
