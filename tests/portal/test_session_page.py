"""A session's page in the portal: papers, speeches, places; an agenda narrowed; what was seen, on all devices."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from delegations.parties.models.parties import Party
from sessions.draft.models.participants import Attendance
from sessions.draft.models.sessions import Interpretation, Session
from sessions.draft.services import cancel_and_move
from sessions.notifications.models import AgendaReadMark
from sessions.visibility.models import Visibility
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.portal.test_agenda import AGENDA, client, page, titles
from tests.sessions.conftest import SOON, focal, later, member, open_session, release, session

__all__ = ["client"]

pytestmark = pytest.mark.django_db


def test_papers_are_for_whom_the_release_tells(client: Client, summit: Summit, party: Party) -> None:
    own, seen = session(summit, party), session(summit, visibility=Visibility.ACCREDITED, documents_to="participants")
    hidden = session(summit)
    papers = {
        row.pk: f.DocumentFactory(session=row, title="Concept note", content=b"words") for row in (own, seen, hidden)
    }
    release(summit)
    unreleased = f.DocumentFactory(session=own)

    def ask(row: Session, key: str) -> Any:
        return client.get(f"{AGENDA}{row.public_id}/documents/{key}/")

    got = ask(own, papers[own.pk].public_id)
    assert (got.status_code, got.content) == (200, b"words")
    assert (got["Cache-Control"], got["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert got["Content-Disposition"] == 'attachment; filename="brief.pdf"'
    refused = [(row, papers[row.pk].public_id) for row in (seen, hidden)]
    refused += [(own, unreleased.public_id), (own, papers[seen.pk].public_id), (own, "nothing")]
    assert {ask(row, key).status_code for row, key in refused} == {404}
    assert "Concept note" in page(client, f"{AGENDA}{own.public_id}/")
    assert "Concept note" not in page(client, f"{AGENDA}{seen.public_id}/")


def test_the_page_tells_the_way_to_a_room_that_one_may_know(client: Client, summit: Summit, party: Party) -> None:
    room = f.RoomFactory(venue__summit=summit, directions={"en": "Past the east lobby"})
    own, other = session(summit, party, room=room), session(summit, visibility=Visibility.PARTICIPANTS, room=room)
    release(summit)
    assert "Past the east lobby" in page(client, f"{AGENDA}{own.public_id}/")
    assert client.get(f"{AGENDA}{other.public_id}/").status_code == 404


class TestCancelled:
    def test_whoever_could_read_it_learns_when_and_participants_why(
        self, client: Client, summit: Summit, party: Party, organiser: User
    ) -> None:
        own, seen, hidden = (
            session(summit, party, title="Own"),
            session(summit, title="Seen", visibility=Visibility.ACCREDITED),
            session(summit, title="Hidden", visibility=Visibility.PARTICIPANTS),
        )
        release(summit)
        for row in (own, seen, hidden):
            cancel_and_move.cancel(session=row, by=organiser, reason="The room is flooded.")
        assert client.get(f"{AGENDA}{own.public_id}/").status_code == 200
        release(summit, note="We look for another day.")
        for row, told in ((own, True), (seen, False)):
            response = client.get(f"{AGENDA}{row.public_id}/")
            shown = response.content.decode()
            assert (response.status_code, row.title in shown, ">cancelled<" in shown) == (410, True, True)
            assert ("The room is flooded." in shown, "We look for another day." in shown) == (told, told)
        assert client.get(f"{AGENDA}{hidden.public_id}/").status_code == 404
        # What is scheduled again is there again.
        cancel_and_move.reinstate(session=seen, by=organiser)
        release(summit)
        assert client.get(f"{AGENDA}{seen.public_id}/").status_code == 200

    def test_what_is_only_hidden_stays_hidden(self, client: Client, summit: Summit) -> None:
        row = session(summit, visibility=Visibility.ACCREDITED)
        release(summit)
        Session.objects.filter(pk=row.pk).update(visibility=Visibility.ORGANISERS)
        release(summit)
        assert client.get(f"{AGENDA}{row.public_id}/").status_code == 404
        # Then cancelled, it is not told of either.
        Session.objects.filter(pk=row.pk).update(cancelled_at=f.START)
        release(summit)
        assert client.get(f"{AGENDA}{row.public_id}/").status_code == 404


class TestSignUp:
    def test_a_delegate_takes_the_place_and_gives_it_back(
        self, client: Client, delegate: Person, summit: Summit, party: Party
    ) -> None:
        row, colleague = open_session(summit), f.MembershipFactory(party=party).person
        release(summit)
        address = f"{AGENDA}{row.public_id}/"
        assert "Take place" in page(client, address)
        # Who is not theirs is nobody.
        answer = client.post(f"{address}sign-up/", {"person": colleague.public_id, "do": "take"}, follow=True)
        assert "Choose a person for the place." in answer.content.decode()
        assert row.sign_ups.count() == 0
        answer = client.post(f"{address}sign-up/", {"person": delegate.public_id, "do": "take"}, follow=True)
        assert answer.redirect_chain == [(address, 303)]
        assert "Place reserved for" in answer.content.decode()
        assert "1 of 1 places taken." in answer.content.decode()
        assert titles(page(client, AGENDA)) == {row.title}
        client.post(f"{address}sign-up/", {"person": delegate.public_id, "do": "leave"})
        assert row.sign_ups.count() == 0

    def test_a_focal_point_signs_its_members_up(self, delegate: Person, summit: Summit, party: Party) -> None:
        row = open_session(summit)
        during = session(summit, title="Elsewhere", starts_at=SOON, ends_at=SOON + timedelta(minutes=20))
        f.ParticipantFactory(session=during, person=delegate)
        release(summit)
        acting = signed_in(focal(party).user)
        assert "Elsewhere" in page(acting, f"{AGENDA}{row.public_id}/")
        acting.post(f"{AGENDA}{row.public_id}/sign-up/", {"person": delegate.public_id, "do": "take"})
        assert list(row.sign_ups.values_list("person", "state")) == [(delegate.pk, "place")]

    def test_what_others_would_have_at_once_is_asked_about(self, summit: Summit, party: Party) -> None:
        row = open_session(summit, title="Side event")
        release(summit)
        first, second, third = (member(party, name=name) for name in ("First", "Second", "Third"))
        acting = signed_in(focal(party).user)
        address = f"{AGENDA}{row.public_id}/"

        def post(person: Person, do: str, **more: str) -> str:
            values = {"person": person.public_id, "do": do, **more}
            answer: str = acting.post(f"{address}sign-up/", values, follow=True).content.decode()
            return answer

        for person in (first, second, third):
            post(person, "take")
        shown = page(acting, address)
        assert [f"number {number}" in shown for number in (1, 2, 3)] == [True, True, False]
        assert "2 people wait for a place. The first of them gets this one at once." in post(first, "leave")
        assert "Their number is 2." in post(third, "leave")
        assert list(row.sign_ups.values_list("state", flat=True)) == ["place", "waiting", "waiting"]
        assert "is no longer on the waiting list." in post(third, "leave", sure="yes")
        assert "Place given up." in post(first, "leave", sure="yes")
        assert list(row.sign_ups.values_list("person__name", "state")) == [("Second", "place")]
        # Nobody waits: the place can be taken again, and nothing is asked.
        assert "Place given up." in post(second, "leave")

    def test_the_whole_agenda_says_what_takes_sign_ups(
        self, client: Client, delegate: Person, summit: Summit
    ) -> None:
        row = open_session(summit)
        release(summit)
        assert "open for sign-up" in page(client, f"{AGENDA}?show=all")
        f.SignUpFactory(session=row, person=delegate)
        shown = page(client, f"{AGENDA}?show=all")
        assert ("open for sign-up" in shown, "in your agenda" in shown) == (False, True)


def test_it_is_narrowed_by_kind_and_language(client: Client, summit: Summit, party: Party) -> None:
    plenary = session(summit, title="Plenary", kind="plenary")
    f.ParticipantFactory(session=plenary, party=party, level=Attendance.HEAD_1)
    lunch = session(summit, party, title="Lunch", kind="working_lunch")
    Interpretation.objects.create(session=lunch, source="en", target="fr", booth="3")
    session(summit, title="Secret", kind="retreat")
    release(summit)
    everything = page(client, AGENDA)
    assert "head +1" in everything
    assert "retreat" not in everything.lower()
    assert titles(everything) == {"Plenary", "Lunch"}
    assert titles(page(client, f"{AGENDA}?kind=plenary")) == {"Plenary"}
    assert titles(page(client, f"{AGENDA}?language=fr")) == {"Lunch"}
    assert titles(page(client, f"{AGENDA}?kind=retreat&show=all")) == set()


def test_what_was_seen_on_one_device_is_seen_on_the_other(
    client: Client, delegate: Person, summit: Summit, party: Party, organiser: User
) -> None:
    first, second = session(summit, party, title="First"), session(summit, party, title="Second")
    release(summit)
    for row in (first, second):
        later(row, organiser, hours=1)
    release(summit)
    other = signed_in(delegate.user)
    fresh = "changed since your last visit"
    assert page(client, AGENDA).count(fresh) == 2
    page(client, f"{AGENDA}{first.public_id}/")
    assert [page(each, AGENDA).count(fresh) for each in (client, other)] == [1, 1]
    page(other, "/portal/changes/")
    assert [page(each, AGENDA).count(fresh) for each in (client, other)] == [0, 0]
    assert set(AgendaReadMark.objects.values_list("session", "number")) == {(first.pk, 2), (None, 2)}


def test_the_reader_is_named_by_a_mark_that_tells_nothing(client: Client, summit: Summit) -> None:
    mark = client.get(AGENDA)["Summit-Reader"]
    assert len(mark) == 16
    assert mark == client.get("/portal/")["Summit-Reader"]
    other = signed_in(member(f.PartyFactory(summit=summit)).user)
    assert other.get(AGENDA)["Summit-Reader"] != mark
    assert "Summit-Reader" not in Client().get(AGENDA)
    script = Client().get("/portal/worker.js")
    assert (script["Content-Type"], script["Cache-Control"]) == ("text/javascript; charset=utf-8", "no-cache")
