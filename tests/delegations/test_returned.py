"""Letters that came back: what the pages of their party and invitation say."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.domain import invitations, letters, returned
from delegations.models import Invitation, Party
from summit.models import Role, Summit
from summit.outbox.models import Message
from tests import factories as f
from tests.delegations.test_admin import sign_in

pytestmark = pytest.mark.django_db
SENTENCE = (
    "The letter to mission@land.example came back: the mailbox doesn’t exist. "
    "Correct the mailbox, then send the letter again."
)


def back(summit: Summit, party: Party | None = None) -> Invitation:
    party = party or f.PartyFactory(summit=summit, mission_email="mission@land.example")
    by = f.UserFactory.with_role(Role.PROTOCOL, summit)
    invitations.invite(parties=[party], by=by)
    row = Invitation.objects.get(party=party)
    letter = Message.objects.filter(subject_key=letters.subject_key(row))
    letter.update(state="sent", sent_at=f.START, returned_at=f.START, returned_why="5.1.1 550 unknown")
    Message.objects.filter(pk__in=letter).update(returned_at="2099-01-01T00:00Z")
    return row


def pages(row: Invitation) -> list[str]:
    return [
        reverse("admin:delegations_party_change", args=[row.party_id]),
        reverse("admin:delegations_invitation_change", args=[row.pk]),
    ]


def test_both_pages_say_so_with_what_to_do() -> None:
    summit = f.SummitFactory()
    row = back(summit)
    client = sign_in(summit)
    for page in pages(row):
        content = client.get(page).content.decode()
        assert SENTENCE in content
        assert '<bdi lang="en" translate="no">550 unknown</bdi>' in content
        assert reverse("admin:delegations_invitation_write_anew", args=[row.pk]) in content
        assert f"{reverse('admin:delegations_party_change', args=[row.party_id])}#id_mission_email" in content


def test_a_focal_points_mailbox_is_corrected_on_their_page() -> None:
    summit = f.SummitFactory()
    party = f.PartyFactory(summit=summit, mission_email="")
    focal = f.FocalPointFactory(party=party, person__email="focal@land.example").person
    row = back(summit, party)
    assert [found.focal for found in returned.letters_back([row])] == [focal.pk]
    client = sign_in(summit)
    for page in pages(row):
        content = client.get(page).content.decode()
        assert f'<a href="{reverse("admin:summit_person_change", args=[focal.pk])}#id_email">' in content
        assert "#id_mission_email" not in content


def test_a_new_letter_settles_it() -> None:
    summit = f.SummitFactory()
    row = back(summit)
    Message.objects.update(returned_at=f.START)
    Party.objects.update(mission_email="office@land.example")
    invitations.write_anew(invitation=row, by=f.UserFactory.with_role(Role.PROTOCOL, summit))
    assert returned.letters_back([row]) == []


def test_who_sees_no_invitations_is_not_told() -> None:
    summit = f.SummitFactory()
    row = back(summit)
    content = sign_in(summit, Role.PRESS_OFFICER).get(pages(row)[0]).content.decode()
    assert "came back" not in content


def test_more_letters_cost_no_more_queries() -> None:
    summit = f.SummitFactory()
    row = back(summit)
    client = sign_in(summit)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(pages(row)[1]).status_code == 200
        return len(captured)

    cost()
    few = cost()
    for number in range(5):
        f.MessageFactory(
            kind="invitation",
            subject_key=letters.subject_key(row),
            summit=summit,
            version=number + 1,
            created_at=f.START,
            **{"state": "sent", "sent_at": f.START, "returned_at": "2099-01-01T00:00Z", "returned_why": "5.2.2 x"},
        )
    assert cost() == few
