"""A person's data: found wherever it is, handed over whole, and erased or purged so that no table holds it."""

import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.utils import timezone

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
from summit.admin_base import dashboard, search
from summit.audit import access_log, verification
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.core.encrypted_fields import EncryptedBytesField, EncryptedTextField
from summit.core.personal_data import PersonalDataKind, personal_columns
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.privacy import person_erasure, registry, subject_access
from summit.privacy.models import SubjectAccessRequest
from summit.privacy.registry import subject_of
from summit.privacy.subject_access import NeedsAgreement, NothingToAgree
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


@pytest.fixture
def oda(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit, name="Oda")


@pytest.fixture
def vetting(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.VETTING, summit, name="Vera")


@pytest.fixture
def asked_for(summit: Summit) -> Person:
    found: Person = f.MembershipFactory(party__summit=summit, person__name="Zoe").person
    Particulars.objects.create(person=found, passport_number="P1234567", diet="vegan")
    return found


def number_in(packed: bytes) -> str:
    with ZipFile(BytesIO(packed)) as opened:
        found: str = json.loads(opened.read("data.json"))["parts"]["particulars"][0]["passport_number"]
    return found


def test_whoever_sees_no_passport_needs_somebody_who_does(
    asked_for: Person, oda: User, vetting: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NeedsAgreement, match=r"the passport\. Someone else must approve first: vetting"):
        subject_access.hand_over(person=asked_for, by=oda)
    with monkeypatch.context() as patched:
        # The control: without the question an oda reads the passport.
        patched.setattr(subject_access, "unseen", lambda asked_for, by: [])
        assert number_in(subject_access.hand_over(person=asked_for, by=oda)) == "P1234567"
    subject_access.ask(person=asked_for, by=oda)
    subject_access.ask(person=asked_for, by=oda)
    refuses(NeedsAgreement, subject_access.hand_over, person=asked_for, by=oda)
    assert subject_access.agree(person=asked_for, by=vetting) == 1
    refuses(NothingToAgree, subject_access.agree, person=asked_for, by=vetting)
    assert number_in(subject_access.hand_over(person=asked_for, by=oda)) == "P1234567"
    refuses(NeedsAgreement, subject_access.hand_over, person=asked_for, by=oda)
    told = AuditEntry.objects.filter(object_key=asked_for.public_id).order_by("id").values_list("action", "by__name")
    assert list(told)[1:] == [
        ("summit.ask_hand_over", "Oda"),
        ("summit.agree_hand_over", "Vera"),
        ("summit.hand_over_person", "Oda"),
    ]


def test_without_such_data_nobody_is_asked(asked_for: Person, oda: User) -> None:
    Particulars.objects.filter(person=asked_for).update(passport_number="")
    assert number_in(subject_access.hand_over(person=asked_for, by=oda)) == ""


def test_an_agreement_is_good_for_a_day_and_while_its_giver_may_see(
    asked_for: Person, oda: User, vetting: User
) -> None:
    subject_access.ask(person=asked_for, by=oda)
    subject_access.agree(person=asked_for, by=vetting)
    SubjectAccessRequest.objects.update(agreed_at=timezone.now() - timedelta(hours=25))
    refuses(NeedsAgreement, subject_access.hand_over, person=asked_for, by=oda)
    subject_access.ask(person=asked_for, by=oda)
    assert subject_access.agree(person=asked_for, by=vetting) == 1
    RoleAssignment.objects.filter(user=vetting).delete()
    refuses(NeedsAgreement, subject_access.hand_over, person=asked_for, by=oda)
    assert not subject_access.is_agreed(asked_for, oda)
    assert subject_access.ask(person=asked_for, by=oda).agreed_at is None


def test_who_may_neither_ask_nor_agree(asked_for: Person, oda: User, vetting: User, summit: Summit) -> None:
    subject_access.ask(person=asked_for, by=oda)
    for by in (vetting, f.UserFactory.with_role(Role.PROTOCOL, summit)):
        refuses(PermissionDenied, subject_access.ask, person=asked_for, by=by)
        refuses(PermissionDenied, subject_access.hand_over, person=asked_for, by=by)
    for by in (oda, f.UserFactory.with_role(Role.VETTING, f.SummitFactory())):
        refuses(PermissionDenied, subject_access.agree, person=asked_for, by=by)
    # Whoever asked agrees to no request of their own, whatever they become.
    RoleAssignment.objects.create(user=oda, summit=summit, role=Role.VETTING)
    refuses(NothingToAgree, subject_access.agree, person=asked_for, by=User.objects.get(pk=oda.pk))


def test_what_came_after_one_read_the_page_waits(asked_for: Person, oda: User, vetting: User) -> None:
    first = subject_access.ask(person=asked_for, by=oda)
    later = subject_access.ask(person=asked_for, by=f.UserFactory.with_role(Role.ORGANISER, asked_for.summit))
    assert subject_access.agree(person=asked_for, by=vetting, until=first.pk) == 1
    assert list(subject_access.waiting(asked_for.summit, vetting)) == [later]


def test_an_agreement_is_not_used_up_where_nobody_can_record_who_read(
    asked_for: Person, oda: User, vetting: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject_access.ask(person=asked_for, by=oda)
    subject_access.agree(person=asked_for, by=vetting)
    desk, page = signed_in(oda), f"/admin/summit/person/{asked_for.pk}/data/"

    def locked(**asked: Any) -> None:
        raise access_log.NotRecorded("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(access_log, "record_page", locked)
        assert desk.post(page).status_code == 503
    assert number_in(desk.post(page).content) == "P1234567"


def test_constraints(asked_for: Person, oda: User) -> None:
    row = subject_access.ask(person=asked_for, by=oda)
    for name, values in (
        ("subject_access_agreed_by_somebody", {"agreed_at": Now()}),
        ("subject_access_agreed_by_another", {"agreed_at": Now(), "agreed_by": oda}),
        ("subject_access_taken_when_agreed", {"taken_at": Now()}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            SubjectAccessRequest.objects.filter(pk=row.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectAccessRequest.objects.create(person=asked_for, asked_by=oda)


@pytest.mark.slow("goes through the pages of two desks")
def test_the_desks_ask_agree_and_take(asked_for: Person, oda: User, vetting: User) -> None:
    def tasks(by: User) -> list[str]:
        return [task.address for task in dashboard.tasks_of(by, asked_for.summit)]

    theirs, other = signed_in(oda), signed_in(vetting)
    page, agree = f"/admin/summit/person/{asked_for.pk}/data/", f"/admin/summit/person/{asked_for.pk}/data/agree/"
    assert "Someone else must approve first" in said(theirs.post(page))[0]
    assert "Your request is waiting for approval." in theirs.post(f"{page}ask/", follow=True).content.decode()
    assert agree in tasks(vetting)
    assert "Requested by Oda on" in other.get(agree).content.decode()
    assert said(other.post(agree)) == ["Approved. The data can be downloaded once within a day."]
    assert "There is no pending request" in other.get(agree).content.decode()
    assert page in tasks(oda)
    assert "Vera approved it on" in theirs.get(page).content.decode()
    answer = theirs.post(page)
    assert (answer["Content-Type"], number_in(answer.content)) == ("application/zip", "P1234567")
    assert AuditEntry.objects.filter(action=subject_access.HAND_OVER).count() == 1
