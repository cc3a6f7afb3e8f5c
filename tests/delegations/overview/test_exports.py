"""Tables that leave the system: what the reader may see, harmless, with who took them."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from delegations.core import table_writers
from delegations.imports.column_recognition import recognise
from delegations.imports.services.importer import preview, read_in
from delegations.members.models.categories import Category
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.imports import table_parsing as incoming
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in
from tests.portal.delegation.helpers import make

pytestmark = pytest.mark.django_db
EVIL = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
PEOPLE = "/admin/summit/person/export/"


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def member(summit: Summit, name: str = "Ada", **values: Any) -> Any:
    party = values.pop("party", None) or f.PartyFactory(summit=summit)
    row = f.MembershipFactory(party=party, person__name=name, person__office="Minister")
    Particulars.objects.create(person=row.person, passport_number="X4821397", diet="no nuts", hotel="Ritz", **values)
    return row


def test_no_cell_is_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    def cells() -> list[Any]:
        made = table_writers.write([["Name"], *([word] for word in EVIL)], ending="xlsx")
        return [row[0] for row in load_workbook(io.BytesIO(made)).worksheets[0].iter_rows(min_row=2)]

    assert [(cell.data_type, cell.value[0]) for cell in cells()] == [("s", "'")] * len(EVIL)
    for word in EVIL:
        assert f"'{word[0]}" in table_writers.write([["Name"], [word]], ending="csv").decode("utf-8-sig")
    # Control: without it a cell is a formula.
    monkeypatch.setattr(table_writers, "harmless", str)
    assert cells()[0].data_type == "f"


class TestPeople:
    def test_each_desk_takes_what_it_may_see_and_is_recorded(self, summit: Summit) -> None:
        row = member(summit)
        seen: dict[Role, dict[str, str]] = {}
        for role in (Role.VETTING, Role.PROTOCOL, Role.PROGRAMME):
            (seen[role],) = rows_of(sign_in(summit, role).get(f"{PEOPLE}?take=csv"))
        assert seen[Role.PROTOCOL]["Delegation"] == row.party.name
        assert (seen[Role.PROTOCOL]["Name"], seen[Role.PROTOCOL]["Dietary needs"]) == ("Ada", "no nuts")
        assert "Passport number" not in seen[Role.PROTOCOL]
        assert seen[Role.VETTING]["Passport number"] == "X4821397"
        # Vetting sees people and nothing of their delegations.
        assert "Delegation" not in seen[Role.VETTING]
        assert not {"Hotel", "Passport number", "Dietary needs"} & seen[Role.PROGRAMME].keys()
        entry = AuditEntry.objects.filter(action=SEEN).earliest("pk")
        assert entry.detail["keys"] == [row.person.public_id]
        assert {"name", "passport_number", "birth_date"} <= set(entry.fields)

    @pytest.mark.parametrize(("ending", "language"), [("xlsx", "ar"), ("csv", "en"), ("json", "ar")])
    def test_what_leaves_comes_back_unchanged_or_equal(self, summit: Summit, ending: str, language: str) -> None:
        """Parties and their people, with all that the desk sees of them: organisers see no passports."""
        party = f.PartyFactory(summit=summit, name="France", iso_code="FR", formal_name="The French Republic")
        member(summit, "=Ada", party=party, arrives_at=f.START)
        f.MembershipFactory(party=party, person__name="Bea", person__email="bea@example.org", capacity="head")
        host = f.PartyFactory(summit=summit, name="Zoo", kind="organisation", mission_email="zoo@example.org")
        f.MembershipFactory(party=host, person__name="Cai", category=Category.objects.of(summit)["adviser"])
        desk, there = sign_in(summit), f.SummitFactory()
        Category.objects.of(there)
        for place in ("delegations/party", "summit/person"):
            made = desk.get(f"/admin/{place}/export/?take={ending}&lang={language}")
            assert made["Content-Type"].startswith(table_writers.MEDIA_TYPES[ending])
            table = incoming.read(filename="x", content=made.content)
            assert recognise(table.headings).unknown == []
            assert preview(summit=summit, table=table, by=SYSTEM).writes == 0
            read_in(summit=there, table=table, by=SYSTEM)
        assert told_of(summit) == told_of(there)
        assert len(told_of(summit)) == 5


def told_of(summit: Summit) -> list[Any]:
    parties = Party.objects.filter(summit=summit).order_by("name")
    people = Person.objects.filter(summit=summit).order_by("name")
    where = ("membership__party__name", "membership__category__code")
    of = [f"particulars__{name}" for name in ("diet", "hotel", "arrives_at")]
    return [
        *parties.values_list("name", "formal_name", "iso_code", "kind", "mission_email"),
        *people.values_list("name", "office", "email", *where, *of),
    ]


def test_a_focal_point_takes_its_own_people_with_what_it_entered() -> None:
    world = make()
    world.member("Ada")
    other = world.member("Bea", passport=False)
    f.ParticularsFactory(person=other.person, passport_number="SECRET", entered_for=None)
    member(world.party.summit, "Foreign")
    address = world.path("people/export/")
    rows = rows_of(world.client.get(f"{address}?take=csv"))
    assert [(row["Name"], row["Passport number"]) for row in rows] == [("Ada", "X4821397"), ("Bea", "")]
    assert AuditEntry.objects.filter(action=SEEN, object_type="summit.person").count() == 1
    # A spreadsheet unless it is asked otherwise.
    response = world.client.get(f"{address}?take=nonsense")
    assert response["Content-Disposition"] == 'attachment; filename="people.xlsx"'
    assert incoming.read(filename="x", content=response.content).rows[0].cells[1] == "Ada"
