"""Handing a person's data over: what one may not see one hands over only where somebody who may has agreed."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from delegations.members.models.particulars import Particulars
from summit.admin_base import dashboard
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.people.models import Person
from summit.permissions.models import Role, RoleAssignment
from summit.privacy import subject_access
from summit.privacy.models import SubjectAccessRequest
from summit.privacy.subject_access import NeedsAgreement, NothingToAgree
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.ORGANISER, summit, name="Oda")


@pytest.fixture
def vetting(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.VETTING, summit, name="Vera")


@pytest.fixture
def person(summit: Summit) -> Person:
    found: Person = f.MembershipFactory(party__summit=summit, person__name="Zoe").person
    Particulars.objects.create(person=found, passport_number="P1234567", diet="vegan")
    return found


def number_in(packed: bytes) -> str:
    with ZipFile(BytesIO(packed)) as opened:
        found: str = json.loads(opened.read("data.json"))["parts"]["particulars"][0]["passport_number"]
    return found


def test_whoever_sees_no_passport_needs_somebody_who_does(
    person: Person, organiser: User, vetting: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NeedsAgreement, match=r"the passport\. Someone else must approve first: vetting"):
        subject_access.hand_over(person=person, by=organiser)
    with monkeypatch.context() as patched:
        # The control: without the question an organiser reads the passport.
        patched.setattr(subject_access, "unseen", lambda person, by: [])
        assert number_in(subject_access.hand_over(person=person, by=organiser)) == "P1234567"
    subject_access.ask(person=person, by=organiser)
    subject_access.ask(person=person, by=organiser)
    refuses(NeedsAgreement, subject_access.hand_over, person=person, by=organiser)
    assert subject_access.agree(person=person, by=vetting) == 1
    refuses(NothingToAgree, subject_access.agree, person=person, by=vetting)
    assert number_in(subject_access.hand_over(person=person, by=organiser)) == "P1234567"
    refuses(NeedsAgreement, subject_access.hand_over, person=person, by=organiser)
    told = AuditEntry.objects.filter(object_key=person.public_id).order_by("id").values_list("action", "by__name")
    assert list(told)[1:] == [
        ("summit.ask_hand_over", "Oda"),
        ("summit.agree_hand_over", "Vera"),
        ("summit.hand_over_person", "Oda"),
    ]


def test_without_such_data_nobody_is_asked(person: Person, organiser: User) -> None:
    Particulars.objects.filter(person=person).update(passport_number="")
    assert number_in(subject_access.hand_over(person=person, by=organiser)) == ""


def test_an_agreement_is_good_for_a_day_and_while_its_giver_may_see(
    person: Person, organiser: User, vetting: User
) -> None:
    subject_access.ask(person=person, by=organiser)
    subject_access.agree(person=person, by=vetting)
    SubjectAccessRequest.objects.update(agreed_at=timezone.now() - timedelta(hours=25))
    refuses(NeedsAgreement, subject_access.hand_over, person=person, by=organiser)
    subject_access.ask(person=person, by=organiser)
    assert subject_access.agree(person=person, by=vetting) == 1
    RoleAssignment.objects.filter(user=vetting).delete()
    refuses(NeedsAgreement, subject_access.hand_over, person=person, by=organiser)
    assert not subject_access.is_agreed(person, organiser)
    assert subject_access.ask(person=person, by=organiser).agreed_at is None


def test_who_may_neither_ask_nor_agree(person: Person, organiser: User, vetting: User, summit: Summit) -> None:
    subject_access.ask(person=person, by=organiser)
    for by in (vetting, f.UserFactory.with_role(Role.PROTOCOL, summit)):
        refuses(PermissionDenied, subject_access.ask, person=person, by=by)
        refuses(PermissionDenied, subject_access.hand_over, person=person, by=by)
    for by in (organiser, f.UserFactory.with_role(Role.VETTING, f.SummitFactory())):
        refuses(PermissionDenied, subject_access.agree, person=person, by=by)
    # Whoever asked agrees to no request of their own, whatever they become.
    RoleAssignment.objects.create(user=organiser, summit=summit, role=Role.VETTING)
    refuses(NothingToAgree, subject_access.agree, person=person, by=User.objects.get(pk=organiser.pk))


def test_what_came_after_one_read_the_page_waits(person: Person, organiser: User, vetting: User) -> None:
    first = subject_access.ask(person=person, by=organiser)
    later = subject_access.ask(person=person, by=f.UserFactory.with_role(Role.ORGANISER, person.summit))
    assert subject_access.agree(person=person, by=vetting, until=first.pk) == 1
    assert list(subject_access.waiting(person.summit, vetting)) == [later]


def test_an_agreement_is_not_used_up_where_nobody_can_record_who_read(
    person: Person, organiser: User, vetting: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject_access.ask(person=person, by=organiser)
    subject_access.agree(person=person, by=vetting)
    desk, page = signed_in(organiser), f"/admin/summit/person/{person.pk}/data/"

    def locked(**asked: Any) -> None:
        raise access_log.NotRecorded("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(access_log, "record_page", locked)
        assert desk.post(page).status_code == 503
    assert number_in(desk.post(page).content) == "P1234567"


def test_constraints(person: Person, organiser: User) -> None:
    row = subject_access.ask(person=person, by=organiser)
    for name, values in (
        ("subject_access_agreed_by_somebody", {"agreed_at": Now()}),
        ("subject_access_agreed_by_another", {"agreed_at": Now(), "agreed_by": organiser}),
        ("subject_access_taken_when_agreed", {"taken_at": Now()}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            SubjectAccessRequest.objects.filter(pk=row.pk).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        SubjectAccessRequest.objects.create(person=person, asked_by=organiser)


@pytest.mark.slow("goes through the pages of two desks")
def test_the_desks_ask_agree_and_take(person: Person, organiser: User, vetting: User) -> None:
    def tasks(by: User) -> list[str]:
        return [task.address for task in dashboard.tasks_of(by, person.summit)]

    theirs, other = signed_in(organiser), signed_in(vetting)
    page, agree = f"/admin/summit/person/{person.pk}/data/", f"/admin/summit/person/{person.pk}/data/agree/"
    assert "Someone else must approve first" in said(theirs.post(page))[0]
    assert "Your request is waiting for approval." in theirs.post(f"{page}ask/", follow=True).content.decode()
    assert agree in tasks(vetting)
    assert "Requested by Oda on" in other.get(agree).content.decode()
    assert said(other.post(agree)) == ["Approved. The data can be downloaded once within a day."]
    assert "There is no pending request" in other.get(agree).content.decode()
    assert page in tasks(organiser)
    assert "Vera approved it on" in theirs.get(page).content.decode()
    answer = theirs.post(page)
    assert (answer["Content-Type"], number_in(answer.content)) == ("application/zip", "P1234567")
    assert AuditEntry.objects.filter(action=subject_access.HAND_OVER).count() == 1
