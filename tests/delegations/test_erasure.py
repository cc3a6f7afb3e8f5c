"""A person's data: found wherever it is, handed over whole, and erased so that no table holds it."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.test import Client

from delegations.domain import participants
from delegations.models import (
    Badge,
    CallNote,
    Declaration,
    DeclarationKind,
    ExternalId,
    FocalPoint,
    FocalPointRequest,
    FormerMember,
    Handover,
    InvitationLink,
    Membership,
    Particulars,
    Photo,
    PortalSignIn,
    Resemblance,
    Sheet,
    SignInCode,
    VisaLetter,
)
from press.models import Subscriber
from sessions.domain import releases
from sessions.models import ReleasedParticipant, Visibility
from summit.domain import audit, chain, erasure, portions
from summit.domain.portions import subject_of
from summit.models import AuditEntry, Person, Role, Summit, User
from summit.outbox.models import Message
from tests import canaries
from tests import factories as f
from tests.delegations.test_participants import delegation

pytestmark = pytest.mark.django_db
MARK = "canary"
NAME = f"{MARK} Ünal"


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory()


@pytest.fixture
def organiser(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit)


@pytest.fixture
def person(summit: Summit, organiser: User) -> Person:
    """Somebody of whom everything is known that can be."""
    account = f.UserFactory(email=f"{MARK}-account@land.example", name=NAME)
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    found = canaries.fill(f.PersonFactory.build(summit=summit, user=account), MARK, name=NAME)
    assert isinstance(found, Person)
    party = delegation(summit, "Aland", mission_contact=NAME, notes=f"Ask {NAME}")
    party.invitations.update(answered_by=NAME, note=f"{NAME} comes")
    invitation = party.invitations.get()
    f.MembershipFactory(party=party, person=found, code="head")
    FocalPoint.objects.create(party=party, person=found)
    _papers(found, party, organiser)
    _mentions(found, party, invitation, organiser)
    _agenda(found, party, organiser)
    participants.freeze(summit=summit, by=organiser)
    return found


def _papers(person: Person, party: Any, by: User) -> None:
    days = {"birth_date": "1970-01-02", "passport_expiry": "2030-01-02"}
    canaries.fill(Particulars(person=person), MARK, nationality="FR", sex="F", passport_type="ordinary", **days)
    canaries.fill(Photo(person=person, width=3, height=4), MARK)
    kind = DeclarationKind.objects.create(summit=party.summit, name="Radios", asks="Make")
    canaries.fill(Declaration(kind=kind, party=party, person=person), MARK)
    canaries.fill(VisaLetter(party=party, person=person, summit=party.summit), MARK)
    canaries.fill(ExternalId(summit=party.summit, person=person), MARK)
    Badge.objects.create(party=party, person=person)
    other = f.PersonFactory(summit=party.summit)
    Resemblance.objects.create(person=other, other=person, why=Resemblance._meta.get_field("why").choices[0][0])
    Handover.objects.create(party=party, giver=person, what="chair", key="1")
    category = person.membership.category
    FormerMember.objects.create(party=party, person=person, category=category, named_at=f.START, why="withdrawn")


def _mentions(person: Person, party: Any, invitation: Any, by: User) -> None:
    f.ReplyFactory(invitation=invitation, name=NAME, note=f"{NAME} will come")
    CallNote.objects.create(invitation=invitation, by=by, outcome="nobody", note=f"Asked for {NAME}")
    FocalPointRequest.objects.create(party=party, name=NAME, email=f"{MARK}@land.example", asked_by=NAME)
    Sheet.objects.create(
        summit=party.summit, purpose="people", filename="people.csv", content=f"name\n{NAME}".encode(),
        report=json.dumps([NAME]), uploaded_by=by,
    )  # fmt: skip
    link = f.InvitationLinkFactory(invitation=invitation, person=person, address=person.email)
    PortalSignIn.objects.create(person=person, mailbox=person.email, user_agent=MARK)
    PortalSignIn.objects.create(link=link, user_agent=MARK)
    f.SubscriberFactory(summit=party.summit, address=person.email)
    facts = {"address": person.email, "names": [NAME]}
    sent = {"summit": party.summit, "state": "sent", "sent_at": f.START, "rendered": NAME.encode()}
    f.MessageFactory(person=person, address=person.email, facts=facts, rendered_subject=NAME, **sent)
    f.MessageFactory(facts={"changes": [{"label": NAME}]}, **sent)


def _agenda(person: Person, party: Any, by: User) -> None:
    session = f.SessionFactory(summit=party.summit, visibility=Visibility.PUBLIC)
    f.SlotFactory(session=session, speaker=person, party=party)
    f.ParticipantFactory(session=session, person=person)
    releases.release(summit=party.summit, by=by, tell=False)


# Columns in which a mark may stand after somebody was erased, each with the reason.
STAY = {
    # The office that they held, where the summit has made it public.
    "summit_person.office",
    "programme_releasedparticipant.label",
    "delegations_participantlist.content",
}


class TestNoneIsForgotten:
    def test_every_key_to_a_person_is_in_a_portion(self) -> None:
        there = {
            (model._meta.label, column.name)
            for model in apps.get_models()
            for column in model._meta.fields
            if column.related_model is Person
        }
        covered = {(portion.model._meta.label, key) for portion in portions.portions() for key in portion.keys}
        assert covered == there

    def test_names_are_their_own_and_each_is_handed_over_or_says_why(self) -> None:
        found = portions.portions()
        assert len({portion.name for portion in found}) == len(found)
        assert [portion.name for portion in found if not portion.handed] == ["missions", "kept_tables"]
        assert [portion.name for portion in found if portion.erase is None and not portion.stays] == []
        assert [portion.name for portion in found if portion.erase is not None and not portion.gone] == []

    def test_control_a_portion_less_and_a_key_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rest = [portion for portion in portions.portions() if portion.name != "photo"]
        monkeypatch.setattr(portions, "portions", lambda: rest)
        with pytest.raises(AssertionError):
            self.test_every_key_to_a_person_is_in_a_portion()


class TestErasing:
    def test_no_table_holds_anything_of_them(self, person: Person, organiser: User) -> None:
        before = canaries.where(MARK)
        assert {
            "delegations_particulars.passport_number",
            "delegations_photo.image",
            "outbox_message.facts",
        } <= before
        assert {"delegations_participantlist.content", "account_emailaddress.email"} <= before
        erasure.erase(person=person, reason="asked", by=organiser)
        assert canaries.where(MARK) == STAY
        told = [value for name in STAY for value in canaries.dump()[name] if MARK in value]
        assert all("canary-office" in value and "Ünal" not in value for value in told)

    def test_control_without_one_portion_its_table_holds_them(
        self, person: Person, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rest = [portion for portion in portions.portions() if portion.name != "mail_naming"]
        monkeypatch.setattr(erasure, "portions", lambda: rest)
        erasure.erase(person=person, reason="asked", by=organiser)
        assert canaries.where(MARK) - STAY == {
            "outbox_message.facts", "outbox_message.rendered",
        }  # fmt: skip

    def test_what_is_left_of_them(self, person: Person, organiser: User) -> None:
        done = erasure.erase(person=person, reason="asked", by=organiser)
        person.refresh_from_db()
        assert (person.name, person.email, person.user) == ("erased person", "", None)
        assert person.erased_at is not None
        assert ReleasedParticipant.objects.filter(person=person).values_list("label", flat=True)[0] == person.office
        assert Badge.objects.live().count() == Membership.objects.filter(person=person).count() == 0
        assert FormerMember.objects.filter(person=person).count() == 2
        for model in (Particulars, Photo, Declaration, VisaLetter, InvitationLink, Subscriber, Message):
            assert model.objects.count() == 0, model
        assert done["mail"] == done["mail_naming"] == done["photo"] == 1
        account = User.objects.get(email__endswith="@erased.invalid")
        assert (account.is_active, account.name, account.has_usable_password()) == (False, "", False)

    def test_the_audit_holds_numbers_and_its_chain_stands(self, person: Person, organiser: User) -> None:
        audit.chain()
        erasure.erase(person=person, reason="ordered", by=organiser)
        audit.chain()
        entry = AuditEntry.objects.get(action=erasure.ERASE)
        assert (entry.object_key, entry.detail["reason"]) == (person.public_id, "ordered")
        assert all(isinstance(number, int) for number in entry.detail["numbers"].values())
        mark = chain.end()
        assert chain.finish(chain.advance(chain.begin(), mark.length), mark) is None

    def test_the_office_goes_where_nothing_made_it_public(self, summit: Summit, organiser: User) -> None:
        person = f.PersonFactory(summit=summit, name="Somebody Else", office="Adviser")
        erasure.erase(person=person, reason="mistake", by=organiser)
        person.refresh_from_db()
        assert (person.name, person.office) == ("erased person", "")

    def test_others_are_left_alone(self, person: Person, organiser: User, summit: Summit) -> None:
        other = f.PersonFactory(summit=summit, name="Somebody Else", email="shared@land.example")
        mine = f.PersonFactory(summit=summit, name="Another One", email="shared@land.example")
        f.MessageFactory(summit=summit, person=other, address="shared@land.example", state="sent", sent_at=f.START)
        SignInCode.objects.create(mailbox="shared@land.example", expires_at=f.START)
        f.ReplyFactory(invitation__party__summit=summit, name="Somebody Else")
        before = {name: values for name, values in canaries.dump().items() if "outbox" in name or "reply" in name}
        erasure.erase(person=mine, reason="asked", by=organiser)
        after = {name: values for name, values in canaries.dump().items() if "outbox" in name or "reply" in name}
        assert after == before
        assert SignInCode.objects.filter(mailbox="shared@land.example").exists()

    def test_an_account_that_works_elsewhere_stays(self, person: Person, organiser: User) -> None:
        account = person.user
        assert account is not None
        other = f.PersonFactory(user=account)
        erasure.erase(person=person, reason="asked", by=organiser)
        account.refresh_from_db()
        other.refresh_from_db()
        assert (account.is_active, account.name, other.user) == (True, NAME, account)

    def test_once_and_with_a_reason_and_by_an_organiser_alone(self, person: Person, organiser: User) -> None:
        with pytest.raises(erasure.UnknownReason):
            erasure.erase(person=person, reason="fun", by=organiser)
        for role in (Role.PROTOCOL, Role.VETTING):
            with pytest.raises(PermissionDenied):
                erasure.erase(person=person, reason="asked", by=f.UserFactory.with_role(role, person.summit))
        erasure.erase(person=person, reason="asked", by=organiser)
        with pytest.raises(erasure.AlreadyErased):
            erasure.erase(person=person, reason="asked", by=organiser)

    def test_nothing_is_half_erased(self, person: Person, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
        before = canaries.dump()
        monkeypatch.setattr(audit, "record", lambda **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erasure.erase(person=person, reason="asked", by=organiser)
        assert canaries.dump() == before


class TestHandingOver:
    def test_it_holds_everything_and_the_files(self, person: Person, organiser: User) -> None:
        with_rows = {
            portion.name
            for portion in portions.portions()
            if portion.handed and portion.rows(subject_of(person)).exists()
        }
        with ZipFile(BytesIO(erasure.hand_over(person=person, by=organiser))) as packed:
            names = packed.namelist()
            data = json.loads(packed.read("data.json"))
            page = packed.read("data.html").decode()
            photo = packed.read("photo/photo.jpg")
        assert names == ["data.json", "data.html", "photo/photo.jpg"]
        assert photo == b"canary-image"
        assert set(data["parts"]) == with_rows
        assert data["parts"]["particulars"][0]["passport_number"] == "canary-passport_number"
        assert data["parts"]["person"][0]["name"] == NAME
        for said in (NAME, "canary-passport_number", "canary-details", "Passport, needs and travel"):
            assert said in page
        assert "nonce" not in json.dumps(data)

    def test_it_is_recorded_by_the_names_of_parts(self, person: Person, organiser: User) -> None:
        erasure.hand_over(person=person, by=organiser)
        entry = AuditEntry.objects.get(action=erasure.HAND_OVER)
        assert "particulars" in entry.detail["parts"]
        assert MARK not in json.dumps(entry.detail)

    def test_no_other_desk_takes_it(self, person: Person) -> None:
        for role in (Role.PROTOCOL, Role.VETTING):
            with pytest.raises(PermissionDenied):
                erasure.hand_over(person=person, by=f.UserFactory.with_role(role, person.summit))


class TestPages:
    @pytest.fixture
    def desk(self, organiser: User) -> Client:
        client = Client()
        client.force_login(organiser)
        return client

    def test_the_persons_page_offers_both_to_the_organiser_alone(self, person: Person, desk: Client) -> None:
        address = f"/admin/summit/person/{person.pk}/change/"
        page = desk.get(address).content.decode()
        assert "Hand over the data" in page
        assert "Erase the person" in page
        client = Client()
        client.force_login(f.UserFactory.with_role(Role.PROTOCOL, person.summit))
        page = client.get(address).content.decode()
        assert "Erase the person" not in page

    def test_erasing_is_asked_about_and_done(self, person: Person, desk: Client) -> None:
        address = f"/admin/summit/person/{person.pk}/erase/"
        page = desk.get(address).content.decode()
        for said in (
            "What is erased",
            "What stays, and why",
            "The photograph",
            "they name the person by a key alone",
        ):
            assert said.casefold() in page.casefold()
        page = desk.post(address, {"reason": ""}, follow=True).content.decode()
        assert "Say why: choose one of the reasons." in page
        page = desk.post(address, {"reason": "asked"}, follow=True).content.decode()
        assert "The person’s data is erased. What stays says so." in page
        assert "Erase the person" not in page
        assert MARK not in page.replace("canary-office", "")

    def test_the_data_is_taken_by_a_post(self, person: Person, desk: Client) -> None:
        address = f"/admin/summit/person/{person.pk}/data/"
        assert "Download the data" in desk.get(address).content.decode()
        answer = desk.post(address)
        assert answer["Content-Type"] == "application/zip"
        assert answer.content.startswith(b"PK")
