"""Pages that show whom letters reach: who saw people's addresses is recorded."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from delegations.domain.mailboxes import Mailbox
from delegations.domain.shown import note_mailboxes
from summit.domain import seen
from summit.models import AuditEntry, Role, Summit, User
from tests.factories import (
    FocalPointFactory,
    InvitationFactory,
    InvitationLinkFactory,
    PartyFactory,
    PersonFactory,
    SummitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def entries() -> list[tuple[Any, ...]]:
    rows = AuditEntry.objects.filter(action=seen.SEEN).order_by("id")
    return list(rows.values_list("by__name", "object_type", "fields", "detail"))


@pytest.fixture
def summit() -> Summit:
    found: Summit = SummitFactory(slug="here")
    return found


@pytest.fixture
def paula(summit: Summit) -> User:
    return UserFactory.with_role(Role.PROTOCOL, summit, name="Paula")


def test_the_people_of_mailboxes_are_noted_once(summit: Summit, paula: User) -> None:
    people = [
        PersonFactory(summit=summit, email="a@example.org"),
        PersonFactory(summit=summit, email="a@example.org"),
    ]
    PersonFactory(summit=SummitFactory(), email="a@example.org")
    box = Mailbox("a@example.org", "en", None, "people", frozenset())
    for _time in range(2):
        note_mailboxes(by=paula, summit=summit, boxes=[box, box])
    keys = [person.public_id for person in people]
    assert entries() == [("Paula", "summit.person", ["email"], {"number": 2, "keys": keys})]


def test_a_missions_mailbox_is_an_offices(summit: Summit, paula: User) -> None:
    note_mailboxes(by=paula, summit=summit, boxes=[Mailbox("m@example.org", "en", 1, "x", frozenset())])
    assert entries() == []


def test_whoever_is_asked_whom_an_invitation_reaches_has_seen_the_focal_points(summit: Summit, paula: User) -> None:
    party = PartyFactory(summit=summit, mission_email="mission@example.org")
    focal = FocalPointFactory(party=party, person__email="focal@example.org").person
    client = Client()
    client.force_login(paula)
    page = client.get("/admin/delegations/party/invite/?summit=here")
    assert ("focal@example.org" in page.content.decode(), page.status_code) == (True, 200)
    assert entries() == [("Paula", "summit.person", ["email"], {"number": 1, "keys": [focal.public_id]})]


@pytest.mark.parametrize("data", [{}, {"do": "read", "answer_by": "2027-06-01T17:00"}])
def test_whoever_reads_the_first_letter_has_seen_whom_it_goes_to(
    summit: Summit, paula: User, data: dict[str, str]
) -> None:
    focal = FocalPointFactory(party=PartyFactory(summit=summit), person__email="focal@example.org").person
    client = Client()
    client.force_login(paula)
    address = "/admin/setup/here/letter/"
    page = client.post(address, data) if data else client.get(address)
    assert ("focal@example.org" in page.content.decode(), page.status_code) == (True, 200)
    assert entries() == [("Paula", "summit.person", ["email"], {"number": 1, "keys": [focal.public_id]})]


def test_whoever_changes_an_answer_has_seen_who_gave_it(summit: Summit, paula: User) -> None:
    now = timezone.now()
    answered = {"state": "answered", "answer": "attending", "answered_by": "Zoe Example", "answered_at": now}
    row = InvitationFactory(party__summit=summit, sent_at=now, **answered)
    client = Client()
    client.force_login(paula)
    page = client.get(f"/admin/delegations/invitation/{row.pk}/answer/")
    assert "Zoe Example" in page.content.decode()
    assert entries() == [("Paula", "delegations.invitation", ["answered_by", "note"], {})]


def test_whoever_is_asked_before_links_are_revoked_has_seen_their_mailboxes(summit: Summit, paula: User) -> None:
    link = InvitationLinkFactory(invitation__party__summit=summit, address="zoe@example.org")
    client = Client()
    client.force_login(paula)
    page = client.get("/admin/delegations/invitationlink/revoke/", {"row": link.pk})
    assert "zoe@example.org" in page.content.decode()
    detail = {"number": 1, "keys": [link.public_id]}
    assert entries() == [("Paula", "delegations.invitationlink", ["address"], detail)]
