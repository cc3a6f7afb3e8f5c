"""A person's data: found wherever it is, handed over whole, and erased or purged so that no table holds it."""

import json
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models

from delegations.badges.models.badges import Badge
from delegations.invitations.models.invitations import InvitationLink, Reply
from delegations.members.models.members import FormerMember, Membership
from delegations.members.models.particulars import Particulars, Photo
from delegations.portal_access.models import SignInCode
from delegations.privacy.models import Retention
from delegations.privacy.services import retention
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter
from press.subscriptions.models import Subscriber
from sessions.agenda.models.releases import ReleasedParticipant
from summit.admin_base import search
from summit.audit import services as audit
from summit.audit import verification
from summit.audit.models import AuditEntry
from summit.core.encrypted_fields import EncryptedBytesField, EncryptedTextField
from summit.core.personal_data import PersonalDataKind, personal_columns
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.privacy import person_erasure, registry, subject_access
from summit.privacy.registry import subject_of
from summit.summits.models import Summit
from summit.users.models import User
from tests import canaries
from tests import factories as f
from tests.canaries import MARK
from tests.canary_person import NAME, known_person
from tests.clients import signed_in
from tests.delegations.helpers import refuses, request_of, said, text
from tests.module_fixtures import once_a_module

pytestmark = pytest.mark.django_db
TEXTS = (models.CharField, models.TextField, EncryptedTextField, EncryptedBytesField)
# Columns that hold a code, a day or a language: no free text fits.
CODES = (
    *("delegations_particulars.birth_date", "delegations_particulars.nationality"),
    *("delegations_particulars.passport_expiry", "delegations_focalpointrequest.language", "outbox_message.language"),
)
# Columns in which a mark may stand after somebody was erased: the office that they held, where the summit has made it
# public.
STAY = {"summit_person.office", "agenda_releasedparticipant.label", "delegations_participantlist.content"}


@once_a_module
def world() -> tuple[Person, User]:
    """Make somebody of whom everything is known that can be, and an organiser."""
    return known_person()


@pytest.fixture
def person(world: tuple[Person, User]) -> Person:
    return world[0]


@pytest.fixture
def organiser(world: tuple[Person, User]) -> User:
    return world[1]


@pytest.fixture
def summit(person: Person) -> Summit:
    return person.summit


class TestNoneIsForgotten:
    def test_every_key_to_a_person_is_in_a_portion(self) -> None:
        there = {
            (model._meta.label, column.name)
            for model in apps.get_models()
            for column in model._meta.fields
            if column.related_model is Person
        }
        covered = {(portion.model._meta.label, key) for portion in registry.portions() for key in portion.keys}
        assert covered == there
        found = registry.portions()
        assert len({portion.name for portion in found}) == len(found)
        assert [portion.name for portion in found if not portion.handed] == ["missions", "exported_files"]
        assert [portion.name for portion in found if portion.erase is None and not portion.stays] == []
        assert [portion.name for portion in found if portion.erase is not None and not portion.gone] == []

    def test_every_text_of_a_person_stands_in_the_world(self, person: Person) -> None:
        """What isn't there before can't be missed after: `tests/canary_person.py` fills each column."""
        texts = {
            f"{portion.model._meta.db_table}.{column.column}"
            for portion in registry.portions()
            if portion.keys
            for column, _declared in personal_columns(portion.model)
            if isinstance(column, TEXTS) and not column.choices
        }
        assert "; ".join(sorted(texts - canaries.where(MARK) - {*CODES})) == "", "fill them in tests/canary_person.py"


class TestErasing:
    def test_no_table_holds_anything_of_them(self, person: Person, organiser: User) -> None:
        before = canaries.where(MARK)
        assert {
            "delegations_particulars.passport_number",
            "delegations_photo.image",
            "outbox_message.facts",
        } <= before
        assert {"delegations_participantlist.content", "account_emailaddress.email"} <= before
        person_erasure.erase(person=person, reason="asked", by=organiser)
        assert canaries.where(MARK) == STAY
        told = [value for name in STAY for value in canaries.dump()[name] if MARK in value]
        assert all("canary-office" in value and "Ünal" not in value for value in told)

    def test_control_without_one_portion(
        self, person: Person, organiser: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rest = [portion for portion in registry.portions() if portion.name != "mail_naming"]
        monkeypatch.setattr(person_erasure, "portions", lambda: rest)
        person_erasure.erase(person=person, reason="asked", by=organiser)
        assert canaries.where(MARK) - STAY == {"outbox_message.facts", "outbox_message.rendered"}

    def test_what_is_left_of_them(self, person: Person, organiser: User) -> None:
        audit.chain()
        other = f.MembershipFactory(party=Membership.objects.get(person=person).party)
        badge = f.BadgeFactory(party=other.party, person=other.person)
        done = person_erasure.erase(person=person, reason="ordered", by=organiser)
        assert Membership.objects.get() == other
        person.refresh_from_db()
        assert (person.name, person.email, person.user) == ("erased person", "", None)
        assert person.erased_at is not None
        assert ReleasedParticipant.objects.filter(person=person).values_list("label", flat=True)[0] == person.office
        assert Badge.objects.live().get() == badge
        assert FormerMember.objects.filter(person=person).count() == 2
        for model in (Particulars, Photo, Declaration, VisaLetter, InvitationLink, Subscriber, Message):
            assert model.objects.count() == 0, model
        assert done["mail"] == done["mail_naming"] == done["photo"] == 1
        account = User.objects.get(email__endswith="@erased.invalid")
        assert (account.is_active, account.name, account.has_usable_password()) == (False, "", False)
        # The audit holds numbers, and its chain stands.
        audit.chain()
        entry = AuditEntry.objects.get(action=person_erasure.ERASE)
        assert (entry.object_key, entry.detail["reason"]) == (person.public_id, "ordered")
        assert all(isinstance(number, int) for number in entry.detail["numbers"].values())
        mark = verification.end()
        assert verification.finish(verification.advance(verification.begin(), mark.length), mark) is None

    def test_others_are_left_alone(self, organiser: User, summit: Summit) -> None:
        other = f.PersonFactory(summit=summit, name="Somebody Else", email="shared@land.example")
        mine = f.PersonFactory(summit=summit, name="Another One", office="Adviser", email="shared@land.example")
        f.MessageFactory(summit=summit, person=other, address="shared@land.example", state="sent", sent_at=f.START)
        SignInCode.objects.create(mailbox="shared@land.example", expires_at=f.START)
        f.ReplyFactory(invitation__party__summit=summit, name="Somebody Else")
        before = {name: values for name, values in canaries.dump().items() if "outbox" in name or "reply" in name}
        person_erasure.erase(person=mine, reason="mistake", by=organiser)
        after = {name: values for name, values in canaries.dump().items() if "outbox" in name or "reply" in name}
        assert after == before
        assert SignInCode.objects.filter(mailbox="shared@land.example").exists()
        mine.refresh_from_db()
        assert (mine.name, mine.office) == ("erased person", "")

    def test_an_account_that_works_elsewhere_stays(self, person: Person, organiser: User) -> None:
        account = person.user
        assert account is not None
        other = f.PersonFactory(user=account)
        person_erasure.erase(person=person, reason="asked", by=organiser)
        account.refresh_from_db()
        other.refresh_from_db()
        assert (account.is_active, account.name, other.user) == (True, NAME, account)

    def test_once_for_a_reason_by_an_organiser_alone(self, person: Person, organiser: User, protocol: User) -> None:
        refuses(person_erasure.UnknownReason, person_erasure.erase, person=person, reason="fun", by=organiser)
        refuses(PermissionDenied, person_erasure.erase, person=person, reason="asked", by=protocol)
        person_erasure.erase(person=person, reason="asked", by=organiser)
        refuses(person_erasure.AlreadyErased, person_erasure.erase, person=person, reason="asked", by=organiser)

    def test_nothing_is_half_erased(self, person: Person, organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
        before = canaries.dump()
        monkeypatch.setattr(audit, "record", lambda **kwargs: 1 / 0)
        refuses(ZeroDivisionError, person_erasure.erase, person=person, reason="asked", by=organiser)
        assert canaries.dump() == before


class TestPurging:
    """What goes after the summit, of all people: `test_retention` has when each of it goes."""

    @pytest.fixture(autouse=True)
    def scan(self, world: tuple[Person, User]) -> None:
        """Add a scan, in which nobody can look for a person who is erased."""
        f.ReplyScanFactory(reply=Reply.objects.get(), filename=f"{MARK}.pdf", content=MARK.encode())

    def purge(self, summit: Summit, days: int | None = 400) -> None:
        if days is not None:
            Retention.objects.create(summit=summit, what=PersonalDataKind.PERSON, days=days)
        retention.purge(summit=summit, today=date(2030, 1, 1))

    def test_no_table_holds_it_and_the_chain_stands(self, summit: Summit) -> None:
        audit.chain()
        self.purge(summit)
        audit.chain()
        assert canaries.where(MARK) == STAY
        mark = verification.end()
        assert mark.length > 10
        assert verification.finish(verification.advance(verification.begin(), mark.length), mark) is None

    def test_control_without_one_piece(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        # Erasing a person takes much of it along: without that each piece is alone.
        rest = [each for each in retention.pieces() if each.name not in ("scans", "people")]
        monkeypatch.setattr(retention, "pieces", lambda: rest)
        self.purge(summit)
        assert {"delegations_replyscan.content", "delegations_replyscan.filename"} <= canaries.where(MARK)

    def test_without_a_time_names_stay_and_with_one_nobody_is_found(self, person: Person, organiser: User) -> None:
        def found() -> str:
            return str(search.find(request_of(organiser), "canary", None))

        self.purge(person.summit, days=None)
        person.refresh_from_db()
        assert (person.name, person.office, person.email) == (NAME, "canary-office", "")
        assert not Subscriber.objects.exists()
        assert NAME in found()
        self.purge(person.summit)
        assert "Ünal" not in found()


def sees_all(organiser: User, summit: Summit) -> None:
    """Let an organiser see all groups, so that they need nobody else to hand them over."""
    RoleAssignment.objects.create(user=organiser, summit=summit, role=Role.VETTING)
    organiser.__dict__.pop("_given_roles", None)
    organiser.__dict__.pop("_roles_by_summit", None)


class TestHandingOver:
    def test_it_holds_everything_and_the_files(self, person: Person, organiser: User, protocol: User) -> None:
        refuses(PermissionDenied, subject_access.hand_over, person=person, by=protocol)
        sees_all(organiser, person.summit)
        handed = [portion for portion in registry.portions() if portion.handed]
        with_rows = {portion.name for portion in handed if portion.rows(subject_of(person)).exists()}
        with ZipFile(BytesIO(subject_access.hand_over(person=person, by=organiser))) as packed:
            names = packed.namelist()
            data = json.loads(packed.read("data.json"))
            page = packed.read("data.html").decode()
            photo = packed.read("photo/photo.jpg")
        assert names == ["data.json", "data.html", "photo/photo.jpg"]
        assert photo == b"canary-image"
        assert set(data["parts"]) == with_rows
        assert data["parts"]["particulars"][0]["passport_number"] == "canary-passport_number"
        assert data["parts"]["person"][0]["name"] == NAME
        for words in (NAME, "canary-passport_number", "canary-details", "Passport, needs and travel"):
            assert words in page
        assert "nonce" not in json.dumps(data)
        entry = AuditEntry.objects.get(action=subject_access.HAND_OVER)
        assert "particulars" in entry.detail["parts"]
        assert MARK not in json.dumps(entry.detail)


class TestPages:
    def test_erasing_is_asked_about_and_done(self, person: Person, organiser: User) -> None:
        desk, address = signed_in(organiser), f"/admin/summit/person/{person.pk}/erase/"
        page = text(desk.get(address)).casefold()
        for words in ("erased data", "data kept, with reasons", "the photograph", "only by an id"):
            assert words in page
        assert "Choose a reason." in said(desk.post(address, {"reason": ""}))[0]
        page = text(desk.post(address, {"reason": "asked"}, follow=True))
        assert "The person’s data is erased. This page shows what remains." in page
        assert MARK not in page.replace("canary-office", "")
