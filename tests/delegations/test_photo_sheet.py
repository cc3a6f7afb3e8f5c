"""The sheet of photographs: whom it shows, in which order, to whom, and that it is recorded."""

import base64
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from delegations.domain import photo_sheet
from delegations.models import Particulars, PartyName, Photo
from delegations.printed import photos
from summit.domain.seen import SEEN
from summit.models import AuditEntry, Person, Role, Summit, User
from tests import factories as f

pytestmark = pytest.mark.django_db
# A grey dot, the smallest JPEG that there is.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP////////////////////////////////////////////////////////////////////////////"
    "//////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQAB"
    "PxA="
)
PAGE = "/admin/photographs/here/"


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(slug="here", time_zone="Europe/London")


@pytest.fixture
def vetting(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.VETTING, summit)


def somebody(summit: Summit, name: str, party: Any = None, *, photo: bool = True, **more: Any) -> Person:
    party = party or f.PartyFactory(summit=summit, name=f"Land of {name}")
    person: Person = f.MembershipFactory(party=party, person__name=name, person__office="Minister", **more).person
    if photo:
        Photo.objects.create(person=person, image=JPEG, width=1, height=1)
    return person


def arriving(person: Person, moment: datetime) -> None:
    Particulars.objects.create(person=person, arrives_at=moment)


def names(found: list[photo_sheet.Face]) -> list[str]:
    return [face.name for face in found]


class TestWhom:
    def test_by_protocol_order_and_rank(self, summit: Summit, vetting: User) -> None:
        first = f.PartyFactory(summit=summit, name="Zed", protocol_order=1)
        somebody(summit, "Beta", f.PartyFactory(summit=summit, name="Aland"))
        somebody(summit, "Second", first, position=2)
        somebody(summit, "First", first, position=1)
        somebody(f.SummitFactory(), "Elsewhere")
        assert names(photo_sheet.faces(summit=summit, by=vetting, language="en")) == ["First", "Second", "Beta"]

    def test_of_some_parties_and_of_a_day_at_the_venue(self, summit: Summit, vetting: User) -> None:
        summit.time_zone = "Pacific/Auckland"
        summit.save()
        zone = ZoneInfo("Pacific/Auckland")
        one, two, three = (somebody(summit, name) for name in ("One", "Two", "Three"))
        arriving(one, datetime(2025, 3, 30, 23, 59, tzinfo=zone))
        arriving(two, datetime(2025, 3, 31, 0, 0, tzinfo=zone))
        arriving(three, datetime(2025, 3, 31, 23, 59, tzinfo=zone))
        days = photo_sheet.arrival_days(summit)
        assert [day.isoformat() for day in days] == ["2025-03-30", "2025-03-31"]
        found = photo_sheet.faces(summit=summit, by=vetting, language="en", day=days[1])
        assert sorted(names(found)) == ["Three", "Two"]
        party = two.membership.party_id
        found = photo_sheet.faces(summit=summit, by=vetting, language="en", day=days[1], parties=[party])
        assert names(found) == ["Two"]

    def test_each_with_party_in_the_language_and_photograph(self, summit: Summit, vetting: User) -> None:
        party = f.PartyFactory(summit=summit, name="Aland")
        PartyName.objects.create(party=party, language="fr", name="Alande")
        somebody(summit, "One", party, person__form_of_address="H.E.")
        somebody(summit, "Two", party, photo=False, position=1)
        one, two = photo_sheet.faces(summit=summit, by=vetting, language="fr")
        assert (one.address, one.office, one.party, one.language) == ("H.E.", "Minister", "Alande", "fr")
        assert (base64.b64decode(one.photo), two.photo) == (JPEG, "")

    def test_by_the_alphabet_of_its_language_with_the_marks_of_footnotes(self, summit: Summit, vetting: User) -> None:
        for name, french, note in (("Aland", "Zélande", "Without prejudice."), ("Borduria", "Bordurie", "")):
            party = f.PartyFactory(summit=summit, name=name, sort_key=name, footnote=note)
            PartyName.objects.create(party=party, language="fr", name=french)
            somebody(summit, f"Of {name}", party)
        english = photo_sheet.faces(summit=summit, by=vetting, language="en")
        french_faces = photo_sheet.faces(summit=summit, by=vetting, language="fr")
        assert (names(english), names(french_faces)) == (["Of Aland", "Of Borduria"], ["Of Borduria", "Of Aland"])
        assert [(face.mark, face.footnote) for face in french_faces] == [("", ""), ("1", "Without prejudice.")]
        made = photos.write(summit=summit, faces=french_faces, language="fr", now=f.START)
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
        assert text.count("Without prejudice.") == 1

    def test_too_many_are_refused(self, summit: Summit, vetting: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(photo_sheet, "MOST", 1)
        somebody(summit, "One")
        photo_sheet.faces(summit=summit, by=vetting, language="en")
        somebody(summit, "Two")
        with pytest.raises(photo_sheet.TooMany) as refused:
            photo_sheet.faces(summit=summit, by=vetting, language="en")
        assert str(refused.value) == "A sheet holds 1 people. Choose fewer parties, or a day of arrival."

    @pytest.mark.parametrize("role", [Role.PROGRAMME, Role.PRESS_OFFICER, Role.VIEWER, Role.FOCAL_POINT])
    def test_who_sees_no_photographs_gets_none(self, summit: Summit, role: Role) -> None:
        with pytest.raises(PermissionDenied):
            photo_sheet.faces(summit=summit, by=f.UserFactory.with_role(role, summit), language="en")

    def test_the_number_of_queries_does_not_grow(self, summit: Summit, vetting: User) -> None:
        photo_sheet.faces(summit=summit, by=vetting, language="en")
        counts = []
        for number in range(2):
            for each in range(3):
                somebody(summit, f"Name {number}{each}")
            with CaptureQueriesContext(connection) as found:
                photo_sheet.faces(summit=summit, by=vetting, language="en")
            counts.append(len(found))
        assert counts[0] == counts[1]


class TestPrinted:
    @pytest.mark.parametrize("language", ["en", "fr", "ar"])
    def test_it_prints_in_each_language(self, summit: Summit, vetting: User, language: str) -> None:
        somebody(summit, "Ada Bly")
        somebody(summit, "Cy Dee", photo=False)
        faces = photo_sheet.faces(summit=summit, by=vetting, language=language)
        made = photos.write(summit=summit, faces=faces, language=language, now=f.START)
        reader = PdfReader(BytesIO(made))
        text = "".join(page.extract_text() for page in reader.pages)
        assert "Ada Bly" in text
        assert "1 / 1" in text
        assert b"pdfuaid" in made
        assert made == photos.write(summit=summit, faces=faces, language=language, now=f.START)

    def test_a_hundred_take_pages(self, summit: Summit) -> None:
        face = photo_sheet.Face("k", "Ada Bly", "H.E.", "Minister", "Aland", "en", base64.b64encode(JPEG).decode())
        made = photos.write(summit=summit, faces=[face] * 100, language="en", now=f.START)
        assert len(PdfReader(BytesIO(made)).pages) == 7


class TestPages:
    @pytest.fixture
    def desk(self, vetting: User) -> Client:
        client = Client()
        client.force_login(vetting)
        return client

    def test_it_is_chosen_taken_and_recorded(self, desk: Client, summit: Summit) -> None:
        person = somebody(summit, "Ada Bly")
        somebody(summit, "Cy Dee", photo=False)
        arriving(person, f.START + timedelta(hours=1))
        page = desk.get(PAGE).content.decode()
        for said in ("2 people are named.", "1 has no photograph yet", "Land of Ada Bly", "Monday 31 March 2025"):
            assert said in page
        assert not AuditEntry.objects.filter(action=SEEN).exists()
        answer = desk.get(
            f"{PAGE}file/", {"party": person.membership.party_id, "language": "en", "day": "2025-03-31"}
        )
        assert answer.content.startswith(b"%PDF-")
        entry = AuditEntry.objects.get(action=SEEN)
        assert (entry.object_type, entry.detail["keys"]) == ("summit.person", [person.public_id])
        assert "photo" in entry.fields

    @pytest.mark.parametrize("given", [{"party": "999999"}, {"day": "2020-01-01"}, {"language": "tlh"}])
    def test_what_is_not_offered_is_refused(self, desk: Client, summit: Summit, given: dict[str, str]) -> None:
        somebody(summit, "Ada Bly")
        page = desk.get(f"{PAGE}file/", given, follow=True).content.decode()
        assert "Choose among the parties, days and languages that are offered." in page
        assert not AuditEntry.objects.filter(action=SEEN).exists()

    def test_others_find_nothing(self, summit: Summit) -> None:
        client = Client()
        client.force_login(f.UserFactory.with_role(Role.PROGRAMME, summit))
        assert client.get(PAGE).status_code == client.get(f"{PAGE}file/").status_code == 404
