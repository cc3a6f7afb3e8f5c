"""After "Send 48 invitations", and after a release: how far the messages are, counted from the outbox."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services import invitations
from sessions.draft.services import cancel_and_move
from sessions.releases.services import releases
from summit.outbox.models import Message
from summit.outbox.progress import progress
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import ParticipantFactory, PartyFactory, SessionFactory

pytestmark = pytest.mark.django_db


def set_states(**states: int) -> None:
    keys = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    for state, number in states.items():
        taken, keys = keys[:number], keys[number:]
        values: dict[str, Any] = {"state": state, "problem": "why"}
        if state == "sent":
            values["sent_at"] = Message.objects.values_list("created_at", flat=True)[0]
        Message.objects.filter(pk__in=taken).update(**values)


def shown(page: str) -> tuple[str, str, str]:
    patterns = (r'<progress aria-label="[^"]*" ?([^>]*)>', r"<p data-words>(.*?)</p>", r"data-left>(.*?)</p>")
    ((bar,), (words,), (left,)) = (re.findall(pattern, page) for pattern in patterns)
    return bar, words, left


class TestInvitations:
    def test_one_lands_there_and_it_survives_a_reload(self, desk: Client, summit: Summit) -> None:
        parties = [PartyFactory(summit=summit, name=f"Land {letter}") for letter in "ABCDEF"]
        response = desk.post("/admin/delegations/party/invite/", {"party": [party.pk for party in parties]})
        first = Invitation.objects.get(party=parties[0])
        address = f"/admin/delegations/invitation/{first.pk}/sent/"
        assert (response.status_code, response["Location"]) == (302, address)
        first_shown = ('value="0" max="6"', "0 of 6 messages sent", "6 waiting")
        assert shown(desk.get(address).content.decode()) == first_shown
        set_states(sent=3, failed=1)
        for _ in range(2):
            page = desk.get(address).content.decode()
            assert shown(page) == ('value="4" max="6"', "3 of 6 messages sent", "2 waiting")
        assert "1 message failed: check the reason and resend it" in page
        answer = desk.get(address, headers={"accept": "application/json"})
        words = {"words": "3 of 6 messages sent", "left": "2 waiting"}
        assert answer.json() == {"done": 4, "total": 6, **words, "finished": False}
        # The failed ones are a click away.
        set_states(failed=2, sent=4)
        page = desk.get(address).content.decode()
        (link,) = re.findall(r'href="([^"]+)">2 messages failed', page)
        assert desk.get(link.replace("&amp;", "&")).context["cl"].result_count == 2
        assert "data-progress" not in page

    def test_letters_written_otherwise_are_not_counted(self, desk: Client, summit: Summit, user: User) -> None:
        early, late = PartyFactory.create_batch(2, summit=summit), PartyFactory.create_batch(3, summit=summit)
        invitations.invite(parties=early, by=user)
        Invitation.objects.update(sent_at=F("sent_at") - timedelta(hours=1))
        invitations.invite(parties=late, by=user)
        invitations.write_anew(invitation=Invitation.objects.get(party=late[0]), by=user)
        for party, number in ((early[1], 2), (late[1], 3)):
            row = Invitation.objects.get(party=party)
            page = desk.get(f"/admin/delegations/invitation/{row.pk}/sent/").content.decode()
            assert shown(page)[1] == f"0 of {number} messages sent"

    def test_queries_do_not_grow(self, desk: Client, summit: Summit, user: User) -> None:
        numbers = []
        for size in (1, 3):
            invitations.invite(parties=PartyFactory.create_batch(size, summit=summit), by=user)
            address = f"/admin/delegations/invitation/{Invitation.objects.latest('pk').pk}/sent/"
            desk.get(address)
            with CaptureQueriesContext(connection) as queries:
                desk.get(address)
            numbers.append(len(queries))
        assert numbers[0] == numbers[1]


class TestReleases:
    def test_one_lands_there(self, desk: Client, summit: Summit, user: User) -> None:
        sessions = SessionFactory.create_batch(3, summit=summit)
        for session in sessions:
            ParticipantFactory(session=session, party=PartyFactory(summit=summit))
        # Of the first nobody is told: there was nothing before it.
        releases.release(summit=summit, by=user, tell=False)
        for session in sessions:
            cancel_and_move.cancel(session=session, by=user)
        digest = releases.preview(summit=summit).digest
        response = desk.post(
            f"/admin/agenda/release/prepare/{summit.slug}/", {"note": "", "expected": digest}, follow=True
        )
        page = response.content.decode()
        assert re.search(r"/admin/agenda/release/\d+/sent/", response.redirect_chain[0][0])
        assert shown(page)[1] == "0 of 3 messages sent"
        set_states(sent=2, dropped=1)
        page = desk.get(response.redirect_chain[0][0]).content.decode()
        assert shown(page) == ('value="3" max="3"', "2 of 3 messages sent", "")
        assert "1 no longer needed and not sent." in page

    def test_where_nobody_had_to_be_told(self, desk: Client, summit: Summit, user: User) -> None:
        SessionFactory(summit=summit)
        made = releases.release(summit=summit, by=user)
        page = desk.get(f"/admin/agenda/release/{made.pk}/sent/").content.decode()
        assert "No messages were needed." in page
        assert "<progress" not in page


def test_words() -> None:
    for states, said, left, state in (
        ({"sent": 1}, "1 of 1 message sent", "", "good"),
        ({"sent": 31, "failed": 2, "pending": 1}, "31 of 34 messages sent", "1 waiting", ""),
        ({"sent": 46, "failed": 2}, "46 of 48 messages sent", "", "bad"),
        ({"sent": 2000, "dropped": 1}, "2,000 of 2,001 messages sent", "", "good"),
    ):
        counted = {"sent": 0, "failed": 0, "pending": 0, "dropped": 0, "total": sum(states.values()), **states}
        found = progress(counted)
        assert (found.words, found.left, found.state) == (said, left, state)
