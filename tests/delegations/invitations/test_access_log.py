"""Pages that show whom letters reach: who saw people's addresses is recorded."""

from typing import Any

import pytest
from django.test import Client

from delegations.mailboxes.access_log import record_mailboxes
from delegations.mailboxes.selectors import Mailbox
from delegations.parties.models.parties import Party
from summit.audit import access_log
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import text

pytestmark = pytest.mark.django_db


def entries() -> list[tuple[Any, ...]]:
    rows = AuditEntry.objects.filter(action=access_log.SEEN).order_by("id")
    return list(rows.values_list("by__name", "object_type", "fields", "detail"))


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit, name="Paula")


def test_the_people_of_mailboxes_are_noted_once_and_a_mission_is_an_office(summit: Summit, protocol: User) -> None:
    record_mailboxes(by=protocol, summit=summit, boxes=[Mailbox("m@example.org", "en", 1, "x", frozenset())])
    assert entries() == []
    people = f.PersonFactory.create_batch(2, summit=summit, email="a@example.org")
    f.PersonFactory(email="a@example.org")
    box = Mailbox("a@example.org", "en", None, "people", frozenset())
    for _time in range(2):
        record_mailboxes(by=protocol, summit=summit, boxes=[box, box])
    keys = [person.public_id for person in people]
    assert entries() == [("Paula", "summit.person", ["email"], {"number": 2, "keys": keys})]


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("delegations/party/invite/?summit=here", {}),
        ("setup/here/letter/", {}),
        ("setup/here/letter/", {"do": "read", "answer_by": "2027-06-01T17:00"}),
    ],
)
def test_who_reads_the_mailboxes_has_seen_them(
    party: Party, desk: Client, address: str, data: dict[str, str]
) -> None:
    focal = f.FocalPointFactory(party=party, person__email="focal@example.org").person
    page = desk.post(f"/admin/{address}", data) if data else desk.get(f"/admin/{address}")
    assert ("focal@example.org" in text(page), page.status_code) == (True, 200)
    assert entries() == [("Paula", "summit.person", ["email"], {"number": 1, "keys": [focal.public_id]})]


def test_who_gave_an_answer_and_mailboxes_of_links_are_seen(summit: Summit, desk: Client) -> None:
    row = f.InvitationFactory(party__summit=summit, answered=True, answered_by="Zoe Example")
    assert "Zoe Example" in text(desk.get(f"/admin/delegations/invitation/{row.pk}/answer/"))
    assert entries() == [("Paula", "delegations.invitation", ["answered_by", "note"], {})]
    link = f.InvitationLinkFactory(invitation__party__summit=summit, address="zoe@example.org")
    assert "zoe@example.org" in text(desk.get("/admin/delegations/invitationlink/revoke/", {"row": link.pk}))
    detail = {"number": 1, "keys": [link.public_id]}
    assert entries()[1:] == [("Paula", "delegations.invitationlink", ["address"], detail)]
