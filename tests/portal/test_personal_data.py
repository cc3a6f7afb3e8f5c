"""What is held of the reader themselves: shown, taken, and corrected or erased on request."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from portal.personal_data import ORDER
from portal.views import personal_data
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.core.personal_data import activity_of
from summit.outbox.models import Message
from summit.privacy import registry
from summit.users.models import User
from tests import factories as f
from tests.delegations.invitations.test_messages import sent, text_of
from tests.portal.delegation.helpers import PASSPORT, signed_in
from tests.portal.test_sign_in_codes import BOX, come_in
from tests.portal.test_visitor_identity import follow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]
HELD, TAKE = "/portal/held/", "/portal/held/data.zip"


@pytest.fixture
def row() -> Membership:
    found: Membership = f.MembershipFactory(
        party__name="Aland", person__name="Ada", person__office="", person__user=f.UserFactory(), person__email=BOX
    )
    f.InvitationFactory(party=found.party, state="sent", sent_at=f.START)
    Particulars.objects.create(
        person=found.person, entered_for=found.party, withheld=["diet"], diet="No nuts", **PASSPORT
    )
    return found


def user(row: Membership) -> User:
    assert row.person.user is not None
    return row.person.user


def text(client: Client) -> str:
    response = client.get(HELD)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    return " ".join(response.content.decode().split())


def looked() -> list[list[str]]:
    return list(AuditEntry.objects.filter(action=SEEN).values_list("fields", flat=True))


def test_nothing_that_is_handed_over_is_forgotten() -> None:
    names = sorted(each.name for each in registry.own_portions())
    assert sorted(ORDER) == names, "name each portion in ORDER in portal/personal_data.py"
    assert [each.name for each in registry.own_portions() if activity_of(each.model) is None] == []
    assert {each.name for each in registry.portions() if each.desks} == {
        "calls",
        "hand_over_requests",
        "places",
        "speeches",
        "texts",
    }


class TestReading:
    def test_each_field_with_who_sees_it_until_when_and_whence(self, row: Membership) -> None:
        row.party.summit.ends_on = f.START.date()
        row.party.summit.save()
        page = text(signed_in(user(row)))
        assert '<dt>Passport number</dt> <dd><bdi lang="">X4821397</bdi></dd>' in page
        assert '<dt>Nationality</dt> <dd><bdi lang="">France</bdi></dd>' in page
        assert (
            "Entered by the focal points of Aland. Also visible to: vetting, focal point. Erased automatically on "
            in page
        )
        assert "Some of it was entered by the host." in page
        assert looked() == [sorted(PASSPORT)]

    def test_by_a_code_to_a_mailbox_of_ones_own(self, row: Membership) -> None:
        assert "X4821397" in text(come_in())
        assert AuditEntry.objects.get(action=SEEN).by_label.startswith("mailbox:")

    def test_behind_a_shared_mailbox_it_is_not_said(self, row: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
        def is_not_said(client: Client) -> None:
            page = text(client)
            assert "Data held: Name in the passport, Date of birth, Nationality, Passport number, Valid until" in page
            assert "X4821397" not in page
            assert looked() == []
            assert client.post(TAKE).status_code == 302

        colleague = f.MembershipFactory(party=row.party, person__email=BOX).person
        is_not_said(come_in(person=row.person))
        colleague.email = ""
        colleague.save()
        row.party.mission_email = BOX
        row.party.save()
        client = come_in(person=row.person)
        is_not_said(client)
        # The control: without asking who else reads there it would be.
        monkeypatch.setattr(personal_data, "is_own", lambda mailbox, subject: True)
        assert "X4821397" in text(client)

    def test_a_letters_link_says_nothing_of_who_reads(self, row: Membership) -> None:
        client = follow(f.InvitationLinkFactory(invitation=row.party.invitations.get(), person=row.person))
        assert "doesn’t identify you" in text(client)
        assert "X4821397" not in text(client)
        assert client.post(TAKE).status_code == 302
        assert client.post(HELD, {"what": "erase"}).status_code == 200
        assert not Message.objects.exists()


class TestTaking:
    def test_it_is_the_same_file_without_what_desks_draft(self, row: Membership) -> None:
        f.SlotFactory(session__summit=row.party.summit, speaker=row.person, party=row.party, title="Secret")
        f.DeclarationFactory(party=row.party, person=row.person)
        with ZipFile(BytesIO(signed_in(user(row)).post(TAKE).content)) as packed:
            data = json.loads(packed.read("data.json"))
        assert data["parts"]["particulars"][0]["passport_number"] == "X4821397"
        assert "speeches" not in data["parts"]
        assert "Secret" not in json.dumps(data)
        assert "decided_by" not in data["parts"]["declarations"][0]
        entry = AuditEntry.objects.get(action="summit.take_own_data")
        assert (entry.object_key, "particulars" in entry.detail["parts"]) == (row.person.public_id, True)
        assert looked() == [sorted(PASSPORT)]


class TestAsking:
    def test_protocol_is_written_to_once_and_answers_the_mailbox(self, row: Membership) -> None:
        client, summit = signed_in(user(row)), row.party.summit
        asked = {"what": "correct", "words": "My name has two n."}
        for said in (
            f"Request sent. Protocol will reply to {user(row).email}.",
            "You have already sent this request.",
        ):
            assert client.post(HELD, asked).status_code == 302
            assert said in text(client)
        (letter,) = sent()
        assert (letter["To"], letter["Reply-To"]) == (summit.contact_email, user(row).email)
        assert letter["Subject"] == "Ada asks to have their data corrected"
        assert "My name has two n." in text_of(letter)
        assert f"/admin/summit/person/{row.person_id}/" in text_of(letter)
        entry = AuditEntry.objects.get(action="delegations.ask_own_data")
        assert entry.detail == {"what": "correct"}

    def test_what_can_t_be_taken_and_too_many_in_a_day_are_said(self, row: Membership) -> None:
        client = signed_in(user(row))
        for asked, said in (
            ({"what": "", "words": "x"}, "Choose a request."),
            ({"what": "correct", "words": " "}, "Enter what is wrong and what it should be."),
            ({"what": "erase", "words": "x" * 2001}, "Shorten this text to 2000 characters. It has 2001."),
        ):
            response = client.post(HELD, asked)
            assert (response.status_code, said in response.content.decode()) == (422, True)
        assert not Message.objects.exists()
        for number in range(5):
            assert client.post(HELD, {"what": "erase", "words": str(number)}).status_code == 302
        response = client.post(HELD, {"what": "erase", "words": "again"})
        assert "You have made 5 requests since yesterday." in response.content.decode()
        assert Message.objects.filter(kind="own_data").count() == 5
