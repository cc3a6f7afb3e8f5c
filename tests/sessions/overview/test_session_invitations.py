"""Inviting to one session: what its letter says, until when it is answered, and what doesn't count it."""

from datetime import timedelta
from typing import Any

import pytest

from delegations.invitations.admin.occasion_column import occasion_title
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.selectors import expiring_links, invitation_status
from delegations.invitations.selectors.eligibility import preview
from delegations.invitations.services.answers import AnswerRefused, answer
from delegations.invitations.services.invitations import invite
from delegations.overview.selectors import completeness, progress
from delegations.parties.models.parties import Party
from sessions.draft.models.sessions import Session
from summit.audit.services import Link
from summit.core.database_clock import db_now
from summit.outbox import mime
from summit.outbox.models import Message
from summit.summits.models import Room, Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import protocol, refuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(name="Border Summit", answer_by=db_now() - timedelta(days=1))


@pytest.fixture
def by(summit: Summit) -> User:
    return protocol(summit)


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Aland")


def session(summit: Summit, **kwargs: Any) -> Session:
    starts = kwargs.pop("starts_at", db_now() + timedelta(days=2))
    room = Room.objects.filter(venue__summit=summit).first() or f.RoomFactory(
        venue__summit=summit, venue__name="Lancaster House", name="Long Gallery"
    )
    said = {"title": "Working lunch", "starts_at": starts, "ends_at": starts + timedelta(hours=1), "room": room}
    return f.SessionFactory(summit=summit, **{**said, **kwargs})


def test_the_letter_names_the_session_in_the_venues_zone(summit: Summit, party: Party, by: User) -> None:
    row = session(summit, starts_at=f.START, ends_at=f.START + timedelta(minutes=90))
    assert invite(parties=[party], occasion=row.public_id, by=by).to == [party]
    mail = mime.render(Message.objects.get())
    assert mail.subject == "Invitation to Working lunch (Aland)"
    parts = mail.text.split("\n\n")
    assert parts[2:5] == [
        "We have the honour to invite you to “Working lunch”, to be held during the Border Summit.",
        "Date and time: Monday 31 March 2025, 09:00 to 10:30 London time.",
        "Place: Long Gallery, Lancaster House.",
    ]


def test_a_party_has_one_invitation_to_the_summit_and_one_to_each_session(
    summit: Summit, party: Party, by: User
) -> None:
    keys = ["", session(summit).public_id, session(summit).public_id]
    for key in keys:
        assert invite(parties=[party], occasion=key, by=by).to == [party]
        assert invite(parties=[party], occasion=key, by=by).skipped == [(party, "It is already invited.")]
    found = Invitation.objects.order_by("number").values_list("number", "occasion")
    assert list(found) == list(enumerate(keys, start=1))


def test_nobody_is_invited_to_what_is_not_open(summit: Summit, party: Party, by: User) -> None:
    for row, why in (
        (session(summit, cancelled_at=f.START), "The session is cancelled. The programme desk can reinstate it."),
        (
            session(summit, visibility="organisers"),
            "Only organisers can see this session. The programme desk can make it visible to others.",
        ),
        (session(f.SummitFactory()), "The session is not in this summit’s agenda. Choose another one."),
    ):
        assert preview(parties=[party], occasion=row.public_id).skipped == [(party, why)]
        assert invite(parties=[party], occasion=row.public_id, by=by).to == []
    assert not Message.objects.exists()


def test_it_is_answered_by_its_link_until_the_session_begins_whatever_the_summits_deadline(
    summit: Summit, party: Party, by: User
) -> None:
    row = session(summit)
    invite(parties=[party], occasion=row.public_id, by=by)
    invitation = Invitation.objects.get()
    link = Link(InvitationLink.objects.get().public_id)
    said = {"invitation": invitation, "answer": "attending", "note": "", "name": "A"}
    answer(by=link, **said)
    assert invitation.state == "answered"
    for changed in ({"starts_at": db_now() - timedelta(minutes=1)}, {"cancelled_at": db_now()}):
        Session.objects.filter(pk=row.pk).update(**changed)
        refuses(AnswerRefused, answer, by=link, match="The session has started or is cancelled", **said)
    answer(by=by, **{**said, "answer": "regrets"})


def test_the_summits_numbers_know_nothing_of_it(summit: Summit, by: User) -> None:
    row = session(summit)
    party, other = f.PartyFactory.create_batch(2, summit=summit)
    invite(parties=[party, other], occasion=row.public_id, by=by)
    answer(invitation=Invitation.objects.get(party=party), answer="regrets", note="", name="A", by=by)
    InvitationLink.objects.update(expires_at=db_now() + timedelta(days=1))
    stands = {name: completeness.counts(summit)[name] for name in invitation_status.STANDINGS}
    assert stands == {**dict.fromkeys(stands, 0), "uninvited": 2}
    assert (progress.by_day(summit), progress.by_continent(summit)) == (({}, {}), [])
    assert (completeness.declined_lately(summit).count(), expiring_links.ending_links().count()) == (0, 0)


class TestAtTheDesk:
    ADDRESS = "/admin/delegations/invitation/"

    @pytest.fixture
    def invited(self, summit: Summit, party: Party, by: User) -> Session:
        """Two parties are invited to the summit, one of them to a session too."""
        row = session(summit)
        invite(parties=[party, f.PartyFactory(summit=summit, name="Bland")], by=by)
        invite(parties=[party], occasion=row.public_id, by=by)
        return row

    def told(self, response: Any) -> list[tuple[str, str]]:
        rows = response.context["cl"].result_list
        return sorted((row.party.name, str(occasion_title(row))) for row in rows)

    def test_the_list_and_its_file_say_to_what_each_is(self, summit: Summit, invited: Session, by: User) -> None:
        client, lunch = signed_in(by), '<bdi lang="en">Working lunch</bdi>'
        other = session(summit, title="Dinner")
        response = client.get(self.ADDRESS)
        assert self.told(response) == [("Aland", lunch), ("Aland", "the summit"), ("Bland", "the summit")]
        page = response.content.decode()
        assert [words in page for words in (lunch, f"?to={invited.public_id}", f"?to={other.public_id}")] == [
            *(True, True, False)
        ]
        for to, found in (("summit", ["Aland", "Bland"]), (invited.public_id, ["Aland"]), (other.public_id, [])):
            assert [name for name, _word in self.told(client.get(self.ADDRESS, {"to": to}))] == found
        content = client.get(f"{self.ADDRESS}export/", {"take": "csv"})
        body = b"".join(content) if content.streaming else content.content  # type: ignore[arg-type]
        lines = body.decode("utf-8-sig").splitlines()
        assert lines[0].startswith("Delegation,For,State,")
        assert [line.split(",")[1] for line in lines[1:]].count("Working lunch") == 1
