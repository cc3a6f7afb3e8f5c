"""Tables that leave the system: what the reader may see, harmless, with who took them."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from delegations.domain.columns import recognise
from delegations.domain.incoming.apply import preview, read_in
from delegations.models import Category, Particulars, Party
from delegations.printed import tables
from summit.domain.audit import SYSTEM
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Person, Role, Summit
from summit.tables import reading as incoming
from tests import factories as f
from tests.delegations.helpers import queries, queries_of, sign_in, text
from tests.portal.delegation.helpers import make

pytestmark = pytest.mark.django_db
EVIL = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
PLACES = ("delegations/party", "summit/person", "delegations/invitation")
PEOPLE = "/admin/summit/person/export/"


@pytest.fixture
def summit(db: None) -> Summit:
    found = f.SummitFactory(slug="here")
    Category.objects.of(found)
    return found


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def member(summit: Summit, name: str = "Ada", **values: Any) -> Any:
    party = values.pop("party", None) or f.PartyFactory(summit=summit)
    row = f.MembershipFactory(party=party, person__name=name, person__office="Minister")
    Particulars.objects.create(person=row.person, passport_number="X4821397", diet="no nuts", hotel="Ritz", **values)
    return row


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_cell_is_a_formula(ending: str) -> None:
    for word in EVIL:
        made = tables.write([["Name"], [word]], ending=ending)
        if ending == "xlsx":
            cell = load_workbook(io.BytesIO(made)).worksheets[0]["A2"]
            assert (cell.data_type, cell.value[0]) == ("s", "'")
        else:
            assert f"'{word[0]}" in made.decode("utf-8-sig")


def test_control_without_it_a_cell_is_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "harmless", str)
    made = tables.write([["Name"], ["=1+1"]], ending="xlsx")
    assert load_workbook(io.BytesIO(made)).worksheets[0]["A2"].data_type == "f"


class TestPeople:
    def test_each_desk_takes_what_it_may_see_and_is_recorded(self, summit: Summit) -> None:
        row = member(summit)
        member(f.SummitFactory(), "Of another summit")
        seen: dict[Role, dict[str, str]] = {}
        for role in (Role.VETTING, Role.PROTOCOL, Role.PROGRAMME):
            (seen[role],) = rows_of(sign_in(summit, role).get(f"{PEOPLE}?take=csv"))
        assert seen[Role.PROTOCOL]["Party"] == row.party.name
        assert (seen[Role.PROTOCOL]["Name"], seen[Role.PROTOCOL]["Dietary needs"]) == ("Ada", "no nuts")
        assert "Passport number" not in seen[Role.PROTOCOL]
        assert seen[Role.VETTING]["Passport number"] == "X4821397"
        # Vetting sees people and nothing of their delegations.
        assert "Party" not in seen[Role.VETTING]
        assert not {"Hotel", "Passport number", "Dietary needs"} & seen[Role.PROGRAMME].keys()
        entry = AuditEntry.objects.filter(action=SEEN).earliest("pk")
        assert entry.detail["keys"] == [row.person.public_id]
        assert {"name", "passport_number", "birth_date"} <= set(entry.fields)

    def test_the_lists_filters_hold_and_lead_to_it(self, summit: Summit, desk: Client) -> None:
        member(summit, "Ada")
        member(summit, "Bea")
        assert [row["Name"] for row in rows_of(desk.get(f"{PEOPLE}?q=bea&take=csv"))] == ["Bea"]
        shown = text(desk.get("/admin/summit/person/table/?q=bea"))
        assert f'<a href="{PEOPLE}?q=bea&amp;take=xlsx" download>Take as XLSX</a>' in shown
        # The reader's language is no filter, and what is none leads to the list.
        for place in PLACES:
            assert desk.get(f"/admin/{place}/export/?lang=ar&summit=here&take=csv").status_code == 200
            odd = desk.get(f"/admin/{place}/export/?nothing=1")
            assert (odd.status_code, odd["Location"]) == (302, f"/admin/{place}/")

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
            assert made["Content-Type"].startswith(tables.MEDIA_TYPES[ending])
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


def test_parties_and_answers(summit: Summit, desk: Client) -> None:
    party = f.PartyFactory(summit=summit, name="Aland", formal_name="Land of A")
    f.InvitationFactory(party=party, sent=True)
    (row,) = rows_of(desk.get("/admin/delegations/party/export/?take=csv"))
    assert (row["Party"], row["Formal name"]) == ("Aland", "Land of A")
    (row,) = rows_of(desk.get("/admin/delegations/invitation/export/?take=csv"))
    assert (row["Party"], row["State"], row["Sent"]) == ("Aland", "sent", "2025-03-31 09:00")


def test_queries_do_not_grow(summit: Summit, desk: Client) -> None:
    addresses = [f"/admin/{place}/export/?take=csv" for place in PLACES]

    def cost(number: int) -> list[int]:
        for _each in range(number):
            f.InvitationFactory(party=member(summit, "Ada").party, sent=True)
        # Each time other rows, which are noted.
        return [queries(lambda address=address: desk.get(address)) for address in addresses]

    cost(1)
    assert cost(1) == cost(3)


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
    assert address in world.get("people/")
    # A spreadsheet unless it is asked otherwise.
    response = world.client.get(f"{address}?take=nonsense")
    assert response["Content-Disposition"] == 'attachment; filename="people.xlsx"'
    assert incoming.read(filename="x", content=response.content).rows[0].cells[1] == "Ada"
    few = queries_of(world.client, address)
    for number in range(3):
        world.member(f"Cai {number}")
    assert queries_of(world.client, address) == few
