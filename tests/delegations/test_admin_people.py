"""A person's pages in the admin, the list of people, and what is done with many at once."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.admin import person_pages
from delegations.models import FormerMember, Particulars, Party, Photo, Resemblance
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Person, Role, Summit, User
from summit.outbox.models import Message
from tests import factories as f
from tests.delegations.test_photos import picture

pytestmark = pytest.mark.django_db
LIST = "/admin/summit/person/"


@pytest.fixture
def summit() -> Summit:
    found: Summit = f.SummitFactory(slug="here")
    return found


def signed_in(role: Role, summit: Summit) -> Client:
    browser = Client()
    browser.force_login(f.UserFactory.with_role(role, summit, name=role.value))
    return browser


@pytest.fixture
def desk(summit: Summit) -> Client:
    return signed_in(Role.PROTOCOL, summit)


@pytest.fixture
def vetting(summit: Summit) -> Client:
    return signed_in(Role.VETTING, summit)


@pytest.fixture
def person(summit: Summit) -> Person:
    member = f.MembershipFactory(party__summit=summit, party__name="Aland", person__name="Zoe", person__office="")
    f.ParticularsFactory(
        person=member.person, passport_number="AB123", birth_date=date(1960, 1, 2), hotel="Ritz", diet="vegan",
        arrives_at=f.START,
    )  # fmt: skip
    f.PhotoFactory(person=member.person, image=picture())
    found: Person = Person.objects.get(pk=member.person_id)
    return found


def page(person: Person, name: str = "change") -> str:
    return f"{LIST}{person.pk}/{name}/"


def text(response: Any) -> str:
    return str(response.content.decode())


def seen() -> list[tuple[str, list[str]]]:
    rows = AuditEntry.objects.filter(action=SEEN).order_by("id")
    return list(rows.values_list("by__name", "fields"))


class TestPage:
    def test_shows_what_the_reader_may_see(self, person: Person, desk: Client, vetting: Client) -> None:
        to_protocol, to_vetting = text(desk.get(page(person))), text(vetting.get(page(person)))
        for shown in ("Ritz", "Monday 31 March 2025, 09:00 London time"):
            assert shown in to_protocol
            assert shown in to_vetting
        assert ("vegan" in to_protocol, "vegan" in to_vetting) == (True, False)
        assert ("Aland" in to_protocol, "Aland" in to_vetting) == (True, False)
        assert "AB123" not in to_protocol + to_vetting
        assert "Entered. Seen and changed by: vetting, focal point." in to_protocol
        assert "Entered. Whoever looks at it is recorded." in to_vetting

    def test_notes_the_fields_that_it_showed(self, person: Person, desk: Client, vetting: Client) -> None:
        own = ["badge_name", "card_name", "email", "form_of_address", "name", "office", "rank", "user"]
        desk.get(page(person))
        vetting.get(page(person))
        assert seen() == [
            ("protocol", sorted([*own, "arrives_at", "diet", "hotel"])),
            ("vetting", sorted([*own, "arrives_at", "hotel"])),
        ]

    def test_tells_of_parties_badges_and_keys(self, person: Person, desk: Client) -> None:
        former = f.PartyFactory(summit=person.summit, name="Bland")
        FormerMember.objects.create(
            party=former, person=person, category=person.membership.category, named_at=f.START, why="withdrawn"
        )
        person.badges.create(party=former, ended_at=f.START, why="replaced")
        live = person.badges.create(party=person.membership.party)
        f.ExternalIdFactory(party=None, person=person, system="register", value="K-7")
        f.ResemblanceFactory(person=person, other__name="Zoé Double")
        shown = text(desk.get(page(person)))
        for words in (
            "Bland, until ",
            live.public_id,
            "valid since",
            "dead since Monday 31 March 2025",
            "K-7",
            "Zoé Double",
        ):
            assert words in shown, words

    def test_queries_do_not_grow_with_what_is_told(self, person: Person, desk: Client) -> None:
        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as found:
                desk.get(page(person))
            return len(found)

        party = person.membership.party
        rows = {"category": person.membership.category, "named_at": f.START, "why": "withdrawn", "person": person}
        FormerMember.objects.create(party=party, **rows)
        person.badges.create(party=party, ended_at=f.START, why="replaced")
        f.ResemblanceFactory(person=person)
        f.FocalPointFactory(party=party, person=person)
        count()
        few = count()
        for number in range(4):
            FormerMember.objects.create(party=party, **rows)
            person.badges.create(party=party, ended_at=f.START, why="replaced")
            f.ExternalIdFactory(party=None, person=person, system=f"s{number}")
            f.FocalPointFactory(party__summit=person.summit, person=person)
            f.ResemblanceFactory(person=person)
        assert count() == few

    def test_saving_goes_through_the_domain(self, person: Person, desk: Client) -> None:
        posted = {"name": "Zoë", "office": "", "language": "fr", "rank": "Minister"}
        assert desk.post(page(person), posted).status_code == 302
        person.refresh_from_db()
        assert (person.name, person.language, person.rank) == ("Zoë", "fr", "Minister")
        entry = AuditEntry.objects.filter(action="summit.person.change").get()
        assert entry.fields == ["language", "name", "rank"]


class TestGroups:
    def test_the_passport_is_shown_on_request_and_each_look_is_recorded(
        self, person: Person, vetting: Client
    ) -> None:
        for _time in range(2):
            shown = text(vetting.get(page(person, "passport")))
            assert "AB123" in shown
            assert 'value="1960-01-02"' in shown
        assert seen() == [("vetting", ["birth_date", "passport_number"])] * 2

    def test_the_control_other_pages_are_noted_once_an_hour(
        self, person: Person, vetting: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(person_pages, "EACH", ())
        for _time in range(2):
            vetting.get(page(person, "passport"))
        assert len(seen()) == 1

    @pytest.mark.parametrize("role", [Role.ORGANISER, Role.PROTOCOL, Role.ACCREDITATION, Role.PROGRAMME])
    def test_others_get_no_passport(self, role: Role, person: Person, summit: Summit) -> None:
        answer = signed_in(role, summit).get(page(person, "passport"))
        assert (answer.status_code, "AB123" in text(answer)) == (403, False)
        assert "This can be done by: vetting, focal point." in text(answer)
        assert seen() == []

    def test_what_is_wrong_is_told_and_stores_nothing(self, person: Person, vetting: Client) -> None:
        posted = {"passport_number": "AB123", "passport_expiry": "2025-01-01", "nationality": "DE"}
        answer = vetting.post(page(person, "passport"), posted)
        assert answer.status_code == 422
        assert "The passport would expire before the summit ends" in text(answer)
        assert Particulars.objects.get().nationality == ""

    def test_it_is_changed(self, person: Person, vetting: Client) -> None:
        posted = {"passport_number": "ab 124", "birth_date": "1960-01-02", "nationality": "DE", "sex": "F"}
        answer = vetting.post(page(person, "passport"), posted)
        assert (answer.status_code, answer["Location"]) == (302, page(person))
        row = Particulars.objects.get()
        assert (row.passport_number, row.nationality, row.sex, row.hotel) == ("AB124", "DE", "F", "Ritz")

    def test_a_journey_is_entered_in_the_venues_time(self, person: Person, desk: Client) -> None:
        posted = {"arrives_at_0": "2025-03-30", "arrives_at_1": "18:30", "hotel": "Savoy"}
        assert desk.post(page(person, "travel"), posted).status_code == 302
        row = Particulars.objects.get()
        # Summer time has begun that morning.
        assert (row.arrives_at.isoformat(), row.hotel) == ("2025-03-30T17:30:00+00:00", "Savoy")

    def test_the_conference_officer_sees_needs_alone(self, person: Person, summit: Summit) -> None:
        officer = signed_in(Role.CONFERENCE_OFFICER, summit)
        shown = officer.get(page(person, "needs"))
        assert (shown.status_code, "vegan" in text(shown)) == (200, True)
        assert officer.get(page(person, "travel")).status_code == 404
        answer = officer.post(page(person, "needs"), {"diet": "halal"})
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
        assert Particulars.objects.get().diet == "halal"


class TestPhoto:
    def test_is_served_to_those_who_may_and_kept_nowhere(self, person: Person, desk: Client) -> None:
        for _time in range(2):
            answer = desk.get(page(person, "photo/file"))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Cache-Control"].startswith("private, no-store")
        assert answer.content == bytes(Photo.objects.get().image)
        assert seen() == [("protocol", ["photo"])] * 2

    def test_the_page_itself_shows_and_records_by_the_picture(self, person: Person, desk: Client) -> None:
        assert f'src="{page(person, "photo/file")}"' in text(desk.get(page(person, "photo")))
        assert seen() == []

    def test_is_stored_and_deleted(self, person: Person, desk: Client) -> None:
        given = SimpleUploadedFile("zoe.png", picture((500, 900), "PNG"), "image/png")
        assert desk.post(page(person, "photo"), {"photo": given}).status_code == 302
        assert (Photo.objects.get().width, Photo.objects.get().height) == (500, 900)
        assert desk.post(page(person, "photo"), {"remove": "1"}).status_code == 302
        assert not Photo.objects.exists()
        assert desk.get(page(person, "photo/file")).status_code == 404

    @pytest.mark.parametrize(
        ("content", "said"), [(b"", "This file is empty."), (b"text", "This is no photograph that can be read.")]
    )
    def test_what_is_none_is_told(self, content: bytes, said: str, person: Person, desk: Client) -> None:
        before = bytes(Photo.objects.get().image)
        answer = desk.post(page(person, "photo"), {"photo": SimpleUploadedFile("x.jpg", content)})
        assert (answer.status_code, said in text(answer)) == (422, True)
        assert bytes(Photo.objects.get().image) == before


class TestAdd:
    def post(self, desk: Client, summit: Summit, **values: Any) -> Any:
        return desk.post(f"{LIST}add/", {"summit": summit.pk, "office": "", "language": "en", **values})

    def test_somebody_new(self, summit: Summit, desk: Client) -> None:
        assert self.post(desk, summit, name="Adam").status_code == 302
        assert Person.objects.get(name="Adam").summit == summit
        assert AuditEntry.objects.filter(action="summit.person.add").count() == 1

    def test_whoever_seems_to_be_there_is_pointed_out(self, person: Person, desk: Client) -> None:
        answer = self.post(desk, person.summit, name="ZOÉ")
        shown = text(answer)
        assert answer.status_code == 200
        assert "Another person than this: Zoe is entered already for Aland: the same name." in shown
        assert f'href="{page(person)}"' in shown
        assert Person.objects.filter(name="ZOÉ").count() == 0
        # Somebody else's key has no effect.
        assert self.post(desk, person.summit, name="ZOÉ", another="nobody").status_code == 200
        assert self.post(desk, person.summit, name="ZOÉ", another=person.public_id).status_code == 302
        assert Person.objects.filter(name="ZOÉ").count() == 1
        assert not Resemblance.objects.exists()


class TestList:
    def names(self, desk: Client, query: str = "") -> list[str]:
        return [row.name for row in desk.get(f"{LIST}{query}").context["cl"].result_list]

    @pytest.fixture
    def people(self, summit: Summit) -> dict[str, Any]:
        aland, bland = (f.PartyFactory(summit=summit, name=name) for name in ("Aland", "Bland"))
        ann = f.MembershipFactory(party=aland, code="head", person__name="Ann").person
        ben = f.MembershipFactory(party=bland, person__name="Ben").person
        f.ParticularsFactory(person=ann, arrives_at=f.START, passport_digest="x" * 64)
        f.PhotoFactory(person=ben)
        f.PersonFactory(summit=summit, name="Cid")
        return {"aland": aland, "bland": bland}

    def test_by_party_and_category(self, people: dict[str, Party], desk: Client) -> None:
        assert self.names(desk) == ["Ann", "Ben", "Cid"]
        assert self.names(desk, f"?party={people['aland'].pk}") == ["Ann"]
        head = people["aland"].memberships.get().category_id
        assert self.names(desk, f"?category={head}") == ["Ann"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("?lacks=passport", ["Ben"]),
            ("?lacks=photo", ["Ann"]),
            ("?lacks=arrival", ["Ben"]),
            ("?arrives=2025-03-31", ["Ann"]),
            ("?arrives=2025-03-30", []),
        ],
    )
    def test_by_what_is_lacking_and_the_day(
        self, query: str, found: list[str], people: dict[str, Party], desk: Client
    ) -> None:
        assert self.names(desk, query) == found

    def test_by_days_for_those_alone_who_see_journeys(self, people: dict[str, Party], summit: Summit) -> None:
        programme = signed_in(Role.PROGRAMME, summit)
        assert "arrives on" not in text(programme.get(LIST)).lower()
        assert self.names(programme, "?arrives=2025-03-30") == ["Ann", "Ben", "Cid"]

    def test_parties_for_those_alone_who_see_members(self, people: dict[str, Party], summit: Summit) -> None:
        assert "Aland" not in text(signed_in(Role.VETTING, summit).get(LIST))
        assert "Aland" in text(signed_in(Role.PROGRAMME, summit).get(LIST))

    def test_queries_do_not_grow(self, people: dict[str, Party], desk: Client) -> None:
        desk.get(LIST)
        with CaptureQueriesContext(connection) as few:
            desk.get(LIST)
        for number in range(10):
            member = f.MembershipFactory(party__summit=people["aland"].summit, person__name=f"M{number}")
            f.ParticularsFactory(person=member.person)
        desk.get(LIST)
        with CaptureQueriesContext(connection) as many:
            desk.get(LIST)
        assert len(many) == len(few)


class TestMany:
    @pytest.fixture
    def rows(self, summit: Summit) -> list[Person]:
        return [
            f.FocalPointFactory(party__summit=summit, person__name=f"P{n}", person__email=email).person
            for n, email in enumerate(("a@land.example", ""))
        ]

    def query(self, rows: list[Person]) -> str:
        return "&".join(f"row={row.pk}" for row in rows)

    def test_accounts_are_given_after_asking(self, rows: list[Person], desk: Client) -> None:
        chosen = {"action": "give_accounts", "_selected_action": [row.pk for row in rows]}
        asked = desk.post(LIST, chosen)
        assert asked["Location"] == f"{LIST}accounts/?{self.query(rows)}"
        shown = text(desk.get(asked["Location"]))
        assert "Give 1 account" in shown
        assert "Has no mailbox to sign in with. Enter one first." in shown
        assert desk.post(f"{LIST}accounts/", {"row": [row.pk for row in rows]}).status_code == 302
        assert User.objects.filter(email="a@land.example", people=rows[0]).exists()
        assert Message.objects.count() == 1

    def test_and_taken_away(self, rows: list[Person], desk: Client) -> None:
        Person.objects.filter(pk=rows[0].pk).update(user=f.UserFactory())
        assert "Take 1 account away" in text(desk.get(f"{LIST}take-accounts/?{self.query(rows)}"))
        desk.post(f"{LIST}take-accounts/", {"row": [row.pk for row in rows]})
        assert not Person.objects.filter(pk__in=[row.pk for row in rows], user__isnull=False).exists()

    def test_a_language_is_noted(self, rows: list[Person], desk: Client) -> None:
        address = f"{LIST}language/"
        assert "Choose the language of 2 people" in text(desk.get(f"{address}?{self.query(rows)}"))
        desk.post(address, {"row": [row.pk for row in rows], "language": "fr"})
        assert set(Person.objects.filter(pk__in=[row.pk for row in rows]).values_list("language", flat=True)) == {
            "fr"
        }
        assert AuditEntry.objects.filter(action="summit.person.change", fields=["language"]).count() == 2
        # A language that nobody is written to in asks again.
        assert desk.post(address, {"row": [rows[0].pk], "language": "xx"}).status_code == 200

    @pytest.mark.parametrize(("page", "asks"), [("accounts", False), ("take-accounts", False), ("language", True)])
    def test_only_the_page_about_languages_asks_for_one(
        self, page: str, asks: bool, rows: list[Person], desk: Client
    ) -> None:
        known = f.MembershipFactory(party__summit=rows[0].summit, person__user=f.UserFactory()).person
        asked = desk.get(f"{LIST}{page}/?{self.query([*rows, known])}").content
        assert b'name="row"' in asked
        assert (b'id="language"' in asked) is asks

    def test_other_summits_people_are_not_among_them(self, desk: Client) -> None:
        foreign = f.PersonFactory(email="a@land.example")
        desk.post(f"{LIST}language/", {"row": [foreign.pk], "language": "fr"})
        foreign.refresh_from_db()
        assert foreign.language == "en"


class TestResemblances:
    def test_are_listed_and_told_apart(self, summit: Summit, desk: Client) -> None:
        row = f.ResemblanceFactory(person__summit=summit, person__name="Zoe", other__name="Zoé")
        address = "/admin/delegations/resemblance/"
        assert "Zoé" in text(desk.get(address))
        chosen = {"action": "tell_apart", "_selected_action": [row.pk]}
        asked = desk.post(address, chosen)["Location"]
        assert asked == f"{address}tell-apart/?row={row.pk}"
        assert "Tell 1 pair apart" in text(desk.get(asked))
        assert desk.post(asked, {"row": [row.pk]}).status_code == 302
        row.refresh_from_db()
        assert row.decided_by is not None
