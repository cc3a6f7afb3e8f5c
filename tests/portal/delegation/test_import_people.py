"""Naming many people from a table in the portal."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now

from delegations.imports.models import DelegationImportFile
from delegations.members.models.categories import Category
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from summit.imports import table_parsing
from summit.quarantine.models import FileScan
from tests import factories as f
from tests.portal.delegation.helpers import World, make

pytestmark = pytest.mark.django_db
TEXT = "name,category,passport number\nAda Example,head,P1\nBea Example,delegate,P2\nCai Example,delegate,P3\n"


@pytest.fixture
def world() -> World:
    found = make(kind="country")
    Category.objects.of(found.party.summit)
    return found


def send(world: World, text: str = TEXT, status: int = 303) -> Any:
    return world.post("people/table/", {"file": SimpleUploadedFile("people.csv", text.encode())}, status)


def test_looked_at_then_taken_over_once(world: World) -> None:
    assert f'href="{world.path("people/table/")}">Import people from a file</a>' in world.get("people/")
    Category.objects.filter(code="delegate").update(quota=1)
    response = send(world)
    row = DelegationImportFile.objects.get()
    rest = f"people/table/{row.public_id}/"
    assert response["Location"] == world.path(rest)
    said = world.get(rest)
    assert "Nothing is imported yet." in said
    assert "Import 2 entries</button>" in said
    assert "The quota of Aland for “delegate” is 1, and 1 are named." in said
    assert not Membership.objects.exists()
    assert world.post(rest, {})["Location"] == world.path(rest)
    assert set(Membership.objects.values_list("person__name", flat=True)) == {"Ada Example", "Bea Example"}
    assert set(Particulars.objects.values_list("entered_for", flat=True)) == {world.party.pk}
    said = world.get(rest)
    assert "2 entries imported on" in said
    assert "Import 2 entries</button>" not in said
    refused = world.post(rest, {}, 409).content.decode()
    assert "This file is already imported or deleted." in refused
    assert Membership.objects.count() == 2
    assert "Undo import</button>" in said
    assert world.post(f"{rest}undo/", {})["Location"] == world.path(rest)
    assert (Membership.objects.count(), "Import undone on " in world.get(rest)) == (0, True)
    assert "There is no import of this file to undo." in world.post(f"{rest}undo/", {}, 409).content.decode()


def test_a_table_is_read_once_it_is_checked_for_viruses(world: World, settings: Any) -> None:
    settings.CLAMD_URL = "unix:/nowhere"
    send(world)
    row = DelegationImportFile.objects.get()
    rest = f"people/table/{row.public_id}/"
    said = world.get(rest)
    assert "Being checked for viruses. Reload this page in a minute." in said
    assert "Preview the file</button>" not in said
    refused = world.post(rest, {}, 409).content.decode()
    assert "Being checked for viruses." in refused
    FileScan.objects.update(state="clean", finished_at=Now())
    assert "Preview the file</button>" in world.get(rest)
    world.post(rest, {})
    assert "Import 3 entries</button>" in world.get(rest)


def test_whoever_seems_to_be_there_is_pointed_out_and_not_entered(world: World) -> None:
    world.member("Ada Example", person__email="ada@land.example")
    send(world, "name,passport number\nA. Different,X4821397\n")
    # The same passport is the same person, whose name is corrected.
    assert "Import 1 entry</button>" in world.get(f"people/table/{DelegationImportFile.objects.get().public_id}/")
    DelegationImportFile.objects.all().delete()
    send(world, "name,e-mail\nA. Example,ada@land.example\n")
    said = world.get(f"people/table/{DelegationImportFile.objects.get().public_id}/")
    assert "Ada Example already exists: same email address and a similar name." in said
    assert "entries</button>" not in said


def test_what_is_no_table_says_why(world: World) -> None:
    assert "No column has names." in send(world, "shoe size\n1\n", 422).content.decode()
    assert "Choose a file." in world.post("people/table/", {}, 422).content.decode()
    assert not DelegationImportFile.objects.exists()


def test_one_that_waits_is_listed_and_deleted(world: World) -> None:
    send(world)
    row = DelegationImportFile.objects.get()
    assert "Previewed, not imported" in world.get("people/table/")
    response = world.post(f"people/table/{row.public_id}/delete/", {})
    assert response["Location"] == world.path("people/table/")
    assert not DelegationImportFile.objects.exists()
    assert world.client.get(world.path(f"people/table/{row.public_id}/")).status_code == 404


def test_a_desks_table_is_not_there(world: World) -> None:
    row = f.DelegationImportFileFactory(summit=world.party.summit)
    path = world.path(f"people/table/{row.public_id}/")
    answers = [world.client.get(path), world.client.post(path), world.client.post(f"{path}delete/")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert DelegationImportFile.objects.get() == row


def test_an_empty_table_asks_for_the_delegations_own_people(world: World) -> None:
    for ending in ("csv", "xlsx"):
        response = world.client.get(world.path(f"people/table/empty/?ending={ending}"))
        head = table_parsing.read(filename="x", content=response.content).headings
        assert (head[0], "Passport number" in head, "Delegation" in head) == ("Name", True, False)


def test_queries_do_not_grow_with_the_rows(world: World) -> None:
    def cost(number: int) -> int:
        DelegationImportFile.objects.all().delete()
        send(world, "name\n" + "\n".join(f"Person {n}" for n in range(number)))
        return world.queries(f"people/table/{DelegationImportFile.objects.get().public_id}/")

    assert cost(1) == cost(5)
