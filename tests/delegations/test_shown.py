"""Pages that show whom letters reach: who saw people's addresses is recorded."""

from typing import Any

import pytest
from django.test import Client

from delegations.domain.mailboxes import Mailbox
from delegations.domain.shown import note_mailboxes
from summit.domain import seen
from summit.models import AuditEntry, Role, Summit, User
from tests.factories import FocalPointFactory, PartyFactory, PersonFactory, SummitFactory, UserFactory

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
