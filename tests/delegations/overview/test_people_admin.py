"""A person's pages in the admin, the list of people, what is done with many, and tables that leave the system."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from delegations.core import table_writers
from delegations.imports.column_recognition import recognise
from delegations.imports.services.importer import preview, read_in
from delegations.members.models.categories import Category
from delegations.members.models.particulars import PASSPORT, Particulars, Photo
from delegations.parties.models.parties import Party
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.imports import table_parsing as incoming
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import listed, sign_in, text
from tests.delegations.members.test_photos import picture
from tests.portal.delegation.helpers import make

pytestmark = pytest.mark.django_db
LIST = "/admin/summit/person/"


@pytest.fixture
def vetting(summit: Summit) -> Client:
    return sign_in(summit, Role.VETTING, name="vetting")


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit, name="protocol")


@pytest.fixture
def person(party: Party) -> Person:
    member = f.MembershipFactory(party=party, person__name="Zoe", person__office="")
    passport = {"passport_number": "AB123", "birth_date": date(1960, 1, 2)}
    f.ParticularsFactory(person=member.person, hotel="Ritz", diet="vegan", arrives_at=f.START, **passport)
    f.PhotoFactory(person=member.person)
    return Person.objects.get(pk=member.person_id)


def page(person: Person, name: str = "") -> str:
    return f"{LIST}{person.pk}/{name}/" if name else f"{LIST}{person.pk}/"


def seen() -> list[tuple[str, list[str]]]:
    rows = AuditEntry.objects.filter(action=SEEN).order_by("id")
    return list(rows.values_list("by__name", "fields"))


class TestPage:
    def test_shows_what_the_reader_may_see_and_notes_it(self, person: Person, desk: Client, vetting: Client) -> None:
        to_protocol, to_vetting = text(desk.get(page(person))), text(vetting.get(page(person)))
        for shown in ("Ritz", "Monday 31 March 2025, 09:00 London time"):
            assert (shown in to_protocol, shown in to_vetting) == (True, True)
        assert ("vegan" in to_protocol, "vegan" in to_vetting) == (True, False)
        assert "AB123" not in to_protocol + to_vetting
        assert "Recorded. Can be viewed and changed by: vetting, focal point." in to_protocol
        own = ["badge_name", "card_name", "email", "form_of_address", "name", "office", "phone", "rank", "user"]
        assert seen() == [
            ("protocol", sorted([*own, "arrives_at", "diet", "hotel"])),
            ("vetting", sorted([*own, "arrives_at", "hotel"])),
        ]


class TestGroups:
    def test_the_passport_is_shown_on_request_and_each_look_is_recorded(
        self, person: Person, desk: Client, vetting: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = desk.get(page(person, "passport"))
        assert (answer.status_code, "AB123" in text(answer)) == (403, False)
        assert "Roles that can do this: vetting, focal point." in text(answer)
        assert seen() == []
        for _time in range(2):
            shown = text(vetting.get(page(person, "passport")))
            assert "AB123" in shown
            assert 'value="02/01/1960"' in shown
        assert seen() == [("vetting", ["birth_date", "passport_number"])] * 2
        # Control: other pages are noted once an hour.
        monkeypatch.setitem(vars(PASSPORT), "each_logged", False)
        vetting.get(page(person, "passport"))
        assert len(seen()) == 2

    def test_it_is_changed_and_what_is_wrong_stores_nothing(self, person: Person, vetting: Client) -> None:
        answer = vetting.post(page(person, "passport"), {"passport_number": "AB123", "passport_expiry": "2025-01-01"})
        assert (answer.status_code, "This passport expires before the summit ends" in text(answer)) == (422, True)
        posted = {"passport_number": "ab 124", "birth_date": "1960-01-02", "nationality": "DE", "sex": "F"}
        answer = vetting.post(page(person, "passport"), posted)
        assert (answer.status_code, answer["Location"]) == (302, page(person))
        row = Particulars.objects.get()
        assert (row.passport_number, row.nationality, row.sex, row.hotel) == ("AB124", "DE", "F", "Ritz")


class TestPhoto:
    def test_is_served_to_those_who_may_stored_and_deleted(self, person: Person, desk: Client) -> None:
        assert f'src="{page(person, "photo/file")}"' in text(desk.get(page(person, "photo")))
        # The page shows and records by the picture.
        assert seen() == []
        answers = [desk.get(page(person, "photo/file")) for _time in range(2)]
        answer = answers[1]
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Cache-Control"].startswith("private, no-store")
        assert answer.content == bytes(Photo.objects.get().image)
        assert seen() == [("protocol", ["photo"])] * 2
        answer = desk.post(page(person, "photo"), {"photo": SimpleUploadedFile("x.jpg", b"text")})
        assert (answer.status_code, "This file can’t be read as a photograph." in text(answer)) == (422, True)
        given = SimpleUploadedFile("zoe.png", picture((500, 900), "PNG"), "image/png")
        assert desk.post(page(person, "photo"), {"photo": given}).status_code == 302
        assert (Photo.objects.get().width, Photo.objects.get().height) == (500, 900)
        assert desk.post(page(person, "photo"), {"remove": "1"}).status_code == 302
        assert not Photo.objects.exists()


def test_the_list_is_narrowed_for_those_who_see_what_it_is_narrowed_by(party: Party, protocol: User) -> None:
    def names(by: User, **query: Any) -> list[str]:
        return [row.name for row in listed(by, Person, **query)]

    ann = f.MembershipFactory(party=party, code="head", person__name="Ann")
    ben = f.MembershipFactory(party__summit=party.summit, person__name="Ben").person
    f.ParticularsFactory(person=ann.person, arrives_at=f.START, passport_digest="x" * 64)
    f.PhotoFactory(person=ben)
    f.PersonFactory(summit=party.summit, name="Cid")
    for query, found in (
        *(({}, ["Ann", "Ben", "Cid"]), ({"party": party.pk}, ["Ann"]), ({"category": ann.category_id}, ["Ann"])),
        *(({"lacks": "passport"}, ["Ben"]), ({"lacks": "photo"}, ["Ann"]), ({"lacks": "arrival"}, ["Ben"])),
        *(({"arrives": "2025-03-31"}, ["Ann"]), ({"arrives": "2025-03-30"}, [])),
    ):
        assert names(protocol, **query) == found, query
    # By days for those alone who see journeys, parties for those alone who see members.
    programme = f.UserFactory.with_role(Role.PROGRAMME, party.summit)
    shown = text(signed_in(programme).get(LIST))
    assert ("arrives on" in shown.lower(), "Aland" in shown) == (False, True)
    assert names(programme, arrives="2025-03-30") == ["Ann", "Ben", "Cid"]
    assert "Aland" not in text(sign_in(party.summit, Role.VETTING).get(LIST))


class TestMany:
    @pytest.fixture
    def rows(self, summit: Summit) -> list[Person]:
        return [
            f.FocalPointFactory(party__summit=summit, person__name=f"P{n}", person__email=email).person
            for n, email in enumerate(("a@land.example", ""))
        ]

    def query(self, rows: list[Person]) -> str:
        return "&".join(f"row={row.pk}" for row in rows)

    def test_accounts_are_given_and_taken_away_after_asking(self, rows: list[Person], desk: Client) -> None:
        keys = [row.pk for row in rows]
        asked = desk.post(LIST, {"action": "give_accounts", "_selected_action": keys})
        assert asked["Location"] == f"{LIST}accounts/?{self.query(rows)}"
        shown = text(desk.get(asked["Location"]))
        assert ("Create 1 account" in shown, "Has no email address to sign in with." in shown) == (True, True)
        assert desk.post(f"{LIST}accounts/", {"row": keys}).status_code == 302
        assert User.objects.filter(email="a@land.example", people=rows[0]).exists()
        assert "Remove 1 account" in text(desk.get(f"{LIST}take-accounts/?{self.query(rows)}"))
        desk.post(f"{LIST}take-accounts/", {"row": keys})
        assert not Person.objects.filter(pk__in=keys, user__isnull=False).exists()


def test_duplicate_candidates_are_listed_and_told_apart(summit: Summit, desk: Client) -> None:
    row = f.DuplicateCandidateFactory(person__summit=summit, person__name="Zoe", other__name="Zoé")
    address = "/admin/delegations/duplicatecandidate/"
    assert "Zoé" in text(desk.get(address))
    asked = desk.post(address, {"action": "tell_apart", "_selected_action": [row.pk]})["Location"]
    assert asked == f"{address}tell-apart/?row={row.pk}"
    assert "Mark 1 pair as not duplicates" in text(desk.get(asked))
    assert desk.post(asked, {"row": [row.pk]}).status_code == 302
    row.refresh_from_db()
    assert row.decided_by is not None


EVIL = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]
PEOPLE = "/admin/summit/person/export/"


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def exported(summit: Summit, name: str = "Ada", **values: Any) -> Any:
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
        row = exported(summit)
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
    @pytest.mark.slow("writes tables and enters them in another summit")
    def test_what_leaves_comes_back_unchanged_or_equal(self, summit: Summit, ending: str, language: str) -> None:
        """Parties and their people, with all that the desk sees of them: organisers see no passports."""
        party = f.PartyFactory(summit=summit, name="France", iso_code="FR", formal_name="The French Republic")
        exported(summit, "=Ada", party=party, arrives_at=f.START)
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
    exported(world.party.summit, "Foreign")
    address = world.path("people/export/")
    rows = rows_of(world.client.get(f"{address}?take=csv"))
    assert [(row["Name"], row["Passport number"]) for row in rows] == [("Ada", "X4821397"), ("Bea", "")]
    assert AuditEntry.objects.filter(action=SEEN, object_type="summit.person").count() == 1
    # A spreadsheet unless it is asked otherwise.
    response = world.client.get(f"{address}?take=nonsense")
    assert response["Content-Disposition"] == 'attachment; filename="people.xlsx"'
    assert incoming.read(filename="x", content=response.content).rows[0].cells[1] == "Ada"
