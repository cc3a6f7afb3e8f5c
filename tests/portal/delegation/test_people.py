"""The delegation's people: named, also from a table, confirmed, changed by sections, withdrawn and replaced."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from delegations.badges.selectors.badge_check import spaced
from delegations.imports.models import DelegationImportFile
from delegations.members.models.categories import Category
from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.members.services import members, registration
from delegations.members.services import people as people_services
from delegations.travel.models.visas import VisaLetter
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.people.models import Person
from tests import factories as f
from tests.portal.delegation.helpers import PASSPORT, World
from tests.portal.test_visitor_identity import follow
from tests.sessions.conftest import release

pytestmark = pytest.mark.django_db
NEW = {"category": "delegate", "name": "Bea Bright", "office": "Counsellor", "language": "en"}


@pytest.fixture
def row(world: World) -> Membership:
    return world.member("Ada")


def page(member: Membership, rest: str = "") -> str:
    return f"people/{member.person.public_id}/{rest}"


def quota(world: World, number: int, code: str = "delegate") -> None:
    Category.objects.of(world.party.summit)
    Category.objects.filter(summit=world.party.summit, code=code).update(quota=number)


class TestAdd:
    def test_somebody_is_entered_and_named(self, world: World) -> None:
        content = world.post("people/add/", {"language": "en"}, 422).content.decode()
        for said in ('<a href="#id_category">', "Choose a category.", "Enter a name or the office held."):
            assert said in content
        response = world.post("people/add/", NEW)
        row = Membership.objects.get()
        assert response["Location"] == world.path(page(row))
        assert (row.person.name, row.person.office, row.category.code) == ("Bea Bright", "Counsellor", "delegate")
        assert row.person.particulars.entered_for == world.party
        assert "Bea" not in response["Location"]

    def test_over_quota_only_what_was_typed_stays(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        quota(world, 1)
        world.member("Ada")
        people = Person.objects.count()
        content = world.post("people/add/", NEW, 422).content.decode()
        refused = "The quota of Aland for “delegate” is 1, and 1 are named. The organisers can raise the quota: "
        for said in (f"{refused}protocol@host.example.", 'value="Bea Bright"', 'value="delegate" selected'):
            assert said in content
        assert Person.objects.count() == people

        # The control: without the transaction the person would stay.
        def apart(*, party: Any, values: Any, category: Any, by: Any, another: Any = ()) -> Any:
            person = people_services.create(party=party, values=values, by=by, another=another)
            return members.name(party=party, person=person, category=category, by=by)

        monkeypatch.setattr(registration, "create_and_name", apart)
        world.post("people/add/", NEW, 422)
        assert Person.objects.count() == people + 1

    def test_whoever_is_entered_and_not_named_is_named_as_they_are(self, world: World) -> None:
        row = world.member("Bea Bright")
        members.withdraw(membership=row, by=world.user)
        content = world.post("people/add/", NEW, 409).content.decode()
        assert "Name Bea Bright, who already exists</button>" in content
        main = content[content.index("<main") :]
        first = main[main.index("<button") :]
        assert first.startswith('<button type="submit" hidden>')
        world.post("people/add/", {**NEW, "known": row.person.public_id})
        assert Membership.objects.get().person == row.person


def test_one_or_all_are_confirmed_and_nobody_elses(world: World) -> None:
    row, other = world.member("Ada"), world.member("Bob")
    foreign = f.MembershipFactory(party__summit=world.party.summit)
    world.post("people/confirm/", {"person": foreign.person.public_id})
    assert not Membership.objects.filter(confirmed_at__isnull=False).exists()
    response = world.post("people/confirm/", {"person": row.person.public_id})
    assert response["Location"] == world.path(page(row))
    assert Membership.objects.get(confirmed_at__isnull=False) == row
    world.post("people/confirm/", {})
    assert set(Membership.objects.filter(confirmed_at__isnull=False)) == {row, other}


class TestSections:
    def test_who_entered_the_passport_sees_it_in_its_section_alone(self, world: World, row: Membership) -> None:
        content = world.get(page(row))
        assert "Missing: sex, place of birth, passport type, issued by" in content
        assert "X4821397" not in content
        for section in ("name", "badge", "passport", "needs", "travel", "photo", "category"):
            assert page(row, f"edit/{section}/") in content
        assert world.client.get(world.path(page(row, "edit/nothing/"))).status_code == 404
        assert 'value="X4821397"' in world.get(page(row, "edit/passport/"))
        entry = AuditEntry.objects.get(action=SEEN)
        assert (entry.by, entry.object_type) == (world.user, "delegations.particulars")
        assert (entry.fields, entry.detail) == (sorted(PASSPORT), {"people": [row.person.public_id]})
        link = f.InvitationLinkFactory(invitation=world.party.invitations.get())
        assert follow(link).get(world.path(page(row, "edit/passport/"))).status_code == 200
        assert AuditEntry.objects.filter(action=SEEN).latest("pk").by_label == f"link:{link.public_id}"

    def test_what_a_desk_entered_is_not_shown(self, world: World) -> None:
        row = world.member("Ada", passport=False)
        Particulars.objects.create(person=row.person, **PASSPORT)
        content = world.get(page(row, "edit/passport/"))
        assert "X4821397" not in content
        assert "ADA EXAMPLE" not in content
        assert "The host or another delegation entered these details" in content
        assert not AuditEntry.objects.filter(action=SEEN).exists()
        world.post(page(row, "edit/passport/"), {"passport_number": "OTHER1"})
        assert Particulars.objects.get().passport_number == "X4821397"

    def test_each_is_changed(self, world: World, row: Membership) -> None:
        for section, values, stored in (
            ("name", {"name": "Ada B", "office": "Envoy", "language": "fr"}, {"name": "Ada B", "office": "Envoy"}),
            ("badge", {"badge_name": "A. B.", "card_name": "H.E. A. B."}, {"badge_name": "A. B."}),
            ("needs", {"diet": "vegetarian"}, {"particulars.diet": "vegetarian"}),
            ("travel", {"hotel": "Grand", "arrival_flight": "AF 1"}, {"particulars.hotel": "Grand"}),
            ("passport", {**PASSPORT, "passport_number": "B 77"}, {"particulars.passport_number": "B77"}),
        ):
            response = world.post(page(row, f"edit/{section}/"), values)
            assert response["Location"] == world.path(page(row))
            person = Person.objects.select_related("particulars").get(pk=row.person_id)
            for name, value in stored.items():
                holder = person.particulars if name.startswith("particulars.") else person
                assert getattr(holder, name.rpartition(".")[2]) == value
        world.post(page(row, "edit/category/"), {"category": "adviser"})
        row.refresh_from_db()
        assert row.category.code == "adviser"
        quota(world, 0)
        content = world.post(page(row, "edit/category/"), {"category": "delegate"}, 422).content.decode()
        assert "The quota of Aland for “delegate” is 0" in content

    def test_a_photograph(self, world: World, row: Membership) -> None:
        assert world.client.get(world.path(page(row, "photograph.jpg"))).status_code == 404
        face = BytesIO()
        Image.new("RGB", (480, 600), "grey").save(face, "PNG")
        small = SimpleUploadedFile("face.png", b"nothing", content_type="image/png")
        content = world.post(page(row, "edit/photo/"), {"photo": small}, 422).content.decode()
        assert "This file can’t be read as a photograph." in content
        upload = SimpleUploadedFile("face.png", face.getvalue(), content_type="image/png")
        world.post(page(row, "edit/photo/"), {"photo": upload})
        response = world.client.get(world.path(page(row, "photograph.jpg")))
        assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
        assert response["Cache-Control"] == "private, no-store"
        world.post(page(row, "edit/photo/"), {"remove": "1"})
        assert not Photo.objects.exists()


class TestLeaving:
    def test_what_follows_is_said_before_and_after(self, world: World, row: Membership) -> None:
        of = {"party": world.party, "person": row.person}
        letter, badge, _declared = f.VisaLetterFactory(**of), f.BadgeFactory(**of), f.DeclarationFactory(**of)
        for rest in ("withdraw/", "replace/"):
            content = world.get(page(row, rest))
            for said in (
                "The badge is cancelled.",
                "The visa support letter is cancelled.",
                "Declarations and permits are withdrawn.",
            ):
                assert said in content
            assert "wait for protocol" not in content
        assert Membership.objects.count() == 1
        response = world.post(page(row, "withdraw/"), {})
        assert response["Location"] == world.path("people/")
        shown = world.get("people/")
        assert '<bdi lang="">Ada</bdi> was withdrawn.' in shown
        number = f'<bdi class="whole" lang="" dir="ltr">{spaced(badge.public_id)}</bdi>'
        assert f"Badge no. {number} was cancelled." in shown
        assert FormerMember.objects.get().person == row.person
        letter.refresh_from_db()
        assert letter.state == "void"
        assert "Ada was withdrawn." in world.get()
        assert world.client.post(world.path(page(row, "withdraw/"))).status_code == 404

    def test_replacing_by_somebody_new_leaves_what_was_the_persons_own_to_protocol(self, world: World) -> None:
        row = world.member("Ada", code="head", position=3)
        f.VisaLetterFactory(party=world.party, person=row.person)
        summit = world.party.summit
        summit.starts_on = summit.ends_on = db_now().date()
        summit.save()
        begins = db_now() + timedelta(hours=10)
        times = {"summit": summit, "starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        opening = f.SessionFactory(title="Opening", visibility="accredited", **times)
        f.SlotFactory(session=opening, speaker=row.person, party=world.party)
        meeting = f.SessionFactory(title="Italy and Aland", kind="bilateral", **times)
        f.ParticipantFactory(session=meeting, party=world.party)
        f.ParticipantFactory(session=meeting, person=row.person)
        release(summit)
        content = world.get(page(row, "replace/"))
        assert "Protocol must decide 2 handovers from this person" in content
        response = world.post(page(row, "replace/"), {"name": "Bea", "office": "Minister", "language": "en"})
        fresh = Membership.objects.get()
        assert (fresh.person.name, fresh.category.code, fresh.position) == ("Bea", "head", 3)
        assert response["Location"] == world.path(page(fresh))
        assert VisaLetter.objects.get().state == "void"
        said = world.get(page(fresh))
        assert '<bdi lang="">Ada</bdi> was replaced by <bdi lang="">Bea, Minister</bdi>' in said
        assert "2 handovers are waiting for protocol to decide." in said
        content = world.get()
        assert "Ada was replaced by Bea, Minister." in content
        for what in ("speech, “Opening”", "bilateral meeting, “Italy and Aland”"):
            assert f"Protocol decides on the handover from Ada: {what}" in content

    def test_replacing_by_somebody_who_is_entered_or_named(self, world: World) -> None:
        gone = world.member("Bea")
        members.withdraw(membership=gone, by=world.user)
        row, deputy = world.member("Ada", code="head"), world.member("Cy", code="alternate")
        content = world.get(page(row, "replace/"))
        assert "Replace with Bea</button>" in content
        assert f'<option value="{deputy.person.public_id}">Cy (alternate head)</option>' in content
        content = world.post(page(row, "replace/"), {"member": ""}, 422).content.decode()
        assert '<a href="#member">Choose a person.</a>' in content
        response = world.post(page(row, "replace/"), {"member": deputy.person.public_id})
        assert response["Location"] == world.path(page(deputy))
        assert [(found.person.name, found.category.code) for found in Membership.objects.all()] == [("Cy", "head")]
        assert "Ada was replaced by Cy." in world.get()
        world.post(page(deputy, "replace/"), {"known": gone.person.public_id})
        assert Membership.objects.get().person == gone.person

    def test_a_refused_successor_is_said_and_nobody_elses_person_is_one(self, world: World) -> None:
        row, other = world.member("Ada"), world.member("Bea")
        foreign = f.PersonFactory(summit=world.party.summit)
        assert 'name="member"' not in world.get(page(row, "replace/"))
        for name in ("known", "member"):
            content = world.post(page(row, "replace/"), {name: other.person.public_id}, 409).content.decode()
            assert "Bea is already in “delegate”. Choose someone else." in content
            address = world.path(page(row, "replace/"))
            assert world.client.post(address, {name: foreign.public_id}).status_code == 404
        assert Membership.objects.count() == 2


TEXT = "name,category,passport number\nAda Example,head,P1\nBea Example,delegate,P2\nCai Example,delegate,P3\n"


def send(world: World, text: str = TEXT, status: int = 303) -> Any:
    Category.objects.of(world.party.summit)
    return world.post("people/table/", {"file": SimpleUploadedFile("people.csv", text.encode())}, status)


def page_of_the_file() -> str:
    return f"people/table/{DelegationImportFile.objects.get().public_id}/"


@pytest.mark.slow("imports a table and undoes it")
def test_looked_at_then_taken_over_once(world: World) -> None:
    assert f'href="{world.path("people/table/")}">Import people from a file</a>' in world.get("people/")
    Category.objects.of(world.party.summit)
    Category.objects.filter(code="delegate").update(quota=1)
    response = send(world)
    rest = page_of_the_file()
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


def test_what_is_no_table_says_why_and_one_that_waits_is_listed_and_deleted(world: World) -> None:
    assert "No column has names." in send(world, "shoe size\n1\n", 422).content.decode()
    assert "Choose a file." in world.post("people/table/", {}, 422).content.decode()
    assert not DelegationImportFile.objects.exists()
    send(world)
    rest = page_of_the_file()
    assert "Previewed, not imported" in world.get("people/table/")
    assert world.post(f"{rest}delete/", {})["Location"] == world.path("people/table/")
    row = f.DelegationImportFileFactory(summit=world.party.summit)
    path = world.path(f"people/table/{row.public_id}/")
    answers = [world.client.get(world.path(rest)), world.client.get(path)]
    answers += [world.client.post(path), world.client.post(f"{path}delete/")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert DelegationImportFile.objects.get() == row


def test_queries_do_not_grow_with_the_rows(world: World) -> None:
    def cost(number: int) -> int:
        DelegationImportFile.objects.all().delete()
        send(world, "name\n" + "\n".join(f"Person {n}" for n in range(number)))
        return world.queries(page_of_the_file())

    assert cost(1) == cost(5)
