"""The speakers' list of a session: order, times, totals, and made from the protocol order."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from delegations.invitations.models.invitations import Answer
from delegations.members import departure_listeners
from delegations.parties.models.parties import Party
from press.texts.models.texts import TextKind
from sessions.agenda.models.releases import ReleaseEntry
from sessions.draft.models.participants import FloorRequest, RequestState, Slot
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.releases.services.releases import release
from sessions.speakers.messages import FLOOR_REQUEST
from sessions.speakers.services import floor_requests, line_up_in_protocol_order, speakers_list
from sessions.speakers.services.floor_requests import FloorRefused
from sessions.speakers.services.imported_speeches import add_all
from sessions.speakers.services.speakers_list import SpeakersRefused
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import queries, refuses
from tests.factories import UserFactory
from tests.sessions.conftest import SOON, Parties, focal, member, session

pytestmark = pytest.mark.django_db


def speech(row: Session, name: str, **kwargs: Any) -> Slot:
    return f.SlotFactory(
        session=row, speaker=f.PersonFactory(summit=row.summit, name=name), position=row.slots.count(), **kwargs
    )


def order(row: Session) -> str:
    return "".join(slot.speaker.name for slot in speakers_list.slots(row))


@pytest.fixture
def row(summit: Summit) -> Session:
    """An hour with four speakers, whose numbers have gaps and stand twice, as hands enter them."""
    made = session(summit)
    for name, position in zip("ABCD", (0, 0, 3, 9), strict=True):
        f.SlotFactory(session=made, speaker=f.PersonFactory(summit=summit, name=name), position=position)
    return made


class TestMoves:
    def test_a_speech_goes_to_its_place_and_keeps_its_row(self, row: Session, organiser: User) -> None:
        keys = dict(row.slots.values_list("speaker__name", "public_id"))
        for number, (name, to, after) in enumerate(
            (("C", 1, "CABD"), ("A", 4, "CBDA"), ("C", 99, "BDAC"), ("D", 0, "DBAC")), start=1
        ):
            assert speakers_list.move(slot=row.slots.get(speaker__name=name), to=to, by=organiser) is True
            assert order(row) == after
            row.refresh_from_db()
            assert row.revision == number
            # Pressed twice it is moved once.
            assert speakers_list.move(slot=row.slots.get(speaker__name=name), to=to, by=organiser) is False
            assert (order(row), AuditEntry.objects.count()) == (after, number)
        assert dict(row.slots.values_list("speaker__name", "public_id")) == keys
        assert set(AuditEntry.objects.values_list("action", flat=True)) == {"agenda.speakers.arrange"}

    def test_what_somebody_has_taken_off_is_not_moved(self, row: Session, organiser: User) -> None:
        slot, written = (row.slots.get(speaker__name=name) for name in "CB")
        f.TextFactory(summit=row.summit, kind=TextKind.TRANSCRIPT, slot=written)
        speakers_list.remove(slot=Slot.objects.get(pk=slot.pk), by=organiser)
        assert list(row.slots.order_by("position").values_list("position", flat=True)) == [0, 1, 2]
        refuses(SpeakersRefused, speakers_list.move, slot=slot, to=1, by=organiser, match="removed this speech")
        assert order(row) == "ABD"
        # Another speaker is the same speech.
        other = f.PersonFactory(summit=row.summit, name="E")
        assert speakers_list.change(slot=written, speaker=other, party=None, minutes=7, by=organiser) is True
        assert (order(row), row.slots.get(speaker=other).public_id) == ("AED", written.public_id)

    def test_who_may(self, row: Session) -> None:
        viewer = f.UserFactory.with_role(Role.VIEWER, row.summit)
        slot = row.slots.get(speaker__name="B")
        for call in (
            lambda: speakers_list.move(slot=slot, to=1, by=viewer),
            lambda: speakers_list.add(session=row, speaker=slot.speaker, by=viewer),
            lambda: speakers_list.change(slot=slot, speaker=slot.speaker, party=None, by=viewer),
            lambda: speakers_list.remove(slot=slot, by=viewer),
            lambda: speakers_list.settle(session=row, opening=1, speech_minutes=1, by=viewer),
            lambda: line_up_in_protocol_order.make(session=row, by=viewer),
        ):
            refuses(PermissionDenied, call)
        assert (order(row), AuditEntry.objects.count()) == ("ABCD", 0)


class TestTimes:
    def test_each_begins_when_those_before_it_are_over(self, row: Session, organiser: User) -> None:
        assert speakers_list.settle(session=row, opening=10, speech_minutes=None, by=organiser) == 0
        row.refresh_from_db()
        first = row.slots.get(speaker__name="A")
        speakers_list.change(slot=first, speaker=first.speaker, party=None, minutes=12, by=organiser)
        rows = speakers_list.slots(row)
        minutes = [int((line.begins - f.START).total_seconds() // 60) for line in speakers_list.lines(row, rows)]
        assert minutes == [10, 22, 27, 32]
        found = speakers_list.totals(row, [slot.minutes for slot in rows])
        assert (found.there, found.used, found.free, found.over) == (50, 27, 23, 0)
        found = speakers_list.totals(row, [27, 30])
        assert (found.free, found.over) == (0, 7)

    def test_what_can_not_be_is_said(self, row: Session, organiser: User) -> None:
        for opening, limit in ((60, None), (None, 0), (None, 1441)):
            with pytest.raises(SpeakersRefused):
                speakers_list.settle(session=row, opening=opening, speech_minutes=limit, by=organiser)
        row.refresh_from_db()
        assert (row.opening, row.speech_minutes) == (None, None)

    def test_a_release_holds_the_opening_for_those_who_may_know_the_times(
        self, row: Session, organiser: User
    ) -> None:
        speakers_list.settle(session=row, opening=10, speech_minutes=None, by=organiser)
        Session.objects.filter(pk=row.pk).update(times_to="organisers", visibility="public")
        release(summit=row.summit, by=organiser)
        entries = ReleaseEntry.objects.filter(session=row)
        shown = {entry.low: entry.released_session.opening for entry in entries}
        assert shown == {0: None, 2: None, 3: 10}


class TestFromTheProtocolOrder:
    @pytest.fixture
    def plenary(self, summit: Summit, parties: Parties) -> Session:
        """Three parties, the last of them ranked first and the host; each with its head."""
        for place, name in ((1, "Celand"), (2, "Aland")):
            Party.objects.filter(pk=parties[name].pk).update(protocol_order=place)
        Party.objects.filter(pk=parties["Beland"].pk).update(is_host=True)
        for name, party in parties.items():
            head = f.PersonFactory(summit=summit, name=name[0])
            f.MembershipFactory(party=party, person=head, code="head")
        return session(summit, *parties.values())

    @pytest.mark.parametrize(("host_first", "after"), [(False, "CAB"), (True, "BCA")])
    def test_ranked_parties_come_first_and_the_host_where_it_is_wanted(
        self, plenary: Session, organiser: User, host_first: bool, after: str
    ) -> None:
        plan = line_up_in_protocol_order.preview(session=plenary, host_first=host_first)
        assert ("".join(entry.speaker.name for entry in plan.entries), plan.added, plan.moved) == (after, 3, 0)
        assert not plenary.slots.exists()
        line_up_in_protocol_order.make(session=plenary, host_first=host_first, expected=plan.digest, by=organiser)
        assert order(plenary) == after
        assert line_up_in_protocol_order.make(session=plenary, host_first=host_first, by=organiser).added == 0
        assert AuditEntry.objects.filter(action="agenda.speakers.line_up").count() == 1

    def test_what_is_there_stays_as_it_is(self, plenary: Session, organiser: User, parties: Parties) -> None:
        other = f.PersonFactory(summit=plenary.summit, name="X")
        kept = f.SlotFactory(session=plenary, party=parties["Aland"], speaker=other, minutes=9, position=0)
        guest = speech(plenary, "G")
        said = {"answer": Answer.REGRETS, "answered_at": f.START, "answered_by": "x"}
        f.InvitationFactory(party=parties["Beland"], state="answered", sent_at=f.START, **said)
        last = f.PersonFactory(summit=plenary.summit, name="Z")
        gone = f.SlotFactory(session=plenary, party=parties["Beland"], speaker=last, position=2)
        plan = line_up_in_protocol_order.make(session=plenary, by=organiser)
        assert order(plenary) == "GCXZ"
        assert [(entry.was, entry.place) for entry in plan.entries] == [(2, 1), (None, 2), (1, 3), (3, 4)]
        kept.refresh_from_db()
        assert (kept.speaker, kept.minutes, kept.position) == (other, 9, 2)
        assert {guest.pk, gone.pk, kept.pk} < set(plenary.slots.values_list("pk", flat=True))


# --- Several speeches at once -------------------------------------------------------------------------------------


def test_who_may_not_edit_adds_none() -> None:
    row = f.SessionFactory()
    speeches = [(f.PersonFactory(summit=row.summit), None)]
    refuses(PermissionDenied, add_all, session=row, speeches=speeches, by=f.UserFactory())
    editor = f.UserFactory.with_role(Role.ORGANISER, row.summit)
    assert len(add_all(session=row, speeches=speeches, by=editor)) == 1
    refuses(ValidationError, add_all, session=row, speeches=[(f.PersonFactory(), None)], by=editor)


def test_the_number_of_queries_does_not_grow() -> None:
    row = f.SessionFactory()
    people = [(f.PersonFactory(summit=row.summit), None) for _ in range(6)]
    few = queries(lambda: add_all(session=row, speeches=people[:1], by=SYSTEM))
    assert queries(lambda: add_all(session=row, speeches=people[1:], by=SYSTEM)) == few


@pytest.fixture
def plenary(summit: Summit, organiser: User, parties: Parties) -> Session:
    """A released session in which two of three parties take part, open for requests."""
    row = session(
        summit,
        parties["Aland"],
        parties["Beland"],
        starts_at=SOON,
        ends_at=SOON + timedelta(hours=1),
        title="Plenary",
    )
    floor_requests.set_request_deadline(session=row, until=SOON, by=organiser)
    releases.release(summit=summit, by=organiser)
    row.refresh_from_db()
    return row


class TestAsking:
    def test_who_may_ask_for_whom(self, plenary: Session, organiser: User, parties: Parties) -> None:
        party = parties["Aland"]
        head, delegate, theirs = member(party, "head"), member(party), member(parties["Beland"], "head")
        acting, stranger = focal(party), focal(parties["Beland"])
        for by, speaker in ((head, head), (acting, head), (acting, delegate)):
            made = floor_requests.ask(session=plenary, party=party, speaker=speaker, by=by.user)
            assert floor_requests.withdraw(request=made, by=by.user) is True
            assert floor_requests.withdraw(request=made, by=by.user) is False
        made = floor_requests.ask(session=plenary, party=party, speaker=head, by=organiser)
        for by, speaker in ((head, delegate), (delegate, delegate), (theirs, head), (stranger, head)):
            refuses(PermissionDenied, floor_requests.ask, session=plenary, party=party, speaker=speaker, by=by.user)
        for by in (delegate, theirs, stranger):
            refuses(PermissionDenied, floor_requests.withdraw, request=made, by=by.user)
        made.refresh_from_db()
        assert made.state == RequestState.ASKED

    def test_what_is_refused_says_why(self, plenary: Session, organiser: User, parties: Parties) -> None:
        head, outside = member(parties["Aland"], "head"), member(parties["Celand"], "head")
        with pytest.raises(FloorRefused, match="does not take requests to speak"):
            floor_requests.ask(session=plenary, party=parties["Celand"], speaker=outside, by=organiser)
        with pytest.raises(FloorRefused, match="not in your delegation"):
            floor_requests.ask(session=plenary, party=parties["Aland"], speaker=outside, by=organiser)
        floor_requests.ask(session=plenary, party=parties["Aland"], speaker=head, by=head.user)
        with pytest.raises(FloorRefused, match="has already asked to speak"):
            floor_requests.ask(session=plenary, party=parties["Aland"], speaker=head, by=head.user)
        other = member(parties["Beland"], "head")
        for until in (None, timezone.now() - timedelta(minutes=1)):
            floor_requests.set_request_deadline(session=plenary, until=until, by=organiser)
            with pytest.raises(FloorRefused, match="does not take requests to speak"):
                floor_requests.ask(session=plenary, party=parties["Beland"], speaker=other, by=other.user)
        assert FloorRequest.objects.count() == 1


class TestDeciding:
    def test_requests_become_speeches_as_they_came(self, plenary: Session, organiser: User, parties: Parties) -> None:
        second, first = (
            floor_requests.ask(
                session=plenary, party=parties[name], speaker=member(parties[name], "head"), by=organiser
            )
            for name in ("Beland", "Aland")
        )
        now = timezone.now()
        for row, minute in ((first, 1), (second, 2)):
            FloorRequest.objects.filter(pk=row.pk).update(asked_at=now + timedelta(minutes=minute), subject="Rivers")
        made = floor_requests.grant(requests=[second, first], session=plenary, by=organiser)
        assert [(slot.party, slot.title, slot.position) for slot in made] == [
            (parties["Aland"], "Rivers", 0),
            (parties["Beland"], "Rivers", 1),
        ]
        first.refresh_from_db()
        assert (first.state, first.slot, first.decided_by) == (RequestState.GRANTED, made[0], organiser)
        assert floor_requests.grant(requests=[second, first], session=plenary, by=organiser) == []
        told = {message.address: message for message in Message.objects.filter(kind=FLOOR_REQUEST.name)}
        assert set(told) == {"aland@mission.example", "beland@mission.example"}
        message = told["aland@mission.example"]
        mail = KINDS[message.kind].render(message)
        assert mail.subject == "On the speakers’ list: Plenary"
        assert all(words in mail.text for words in (first.speaker.label, "Subject: Rivers", plenary.public_id))
        # Who was taken off before it was sent isn't told that they speak.
        assert KINDS[message.kind].withdrawn([message]) == {}
        speakers_list.remove(slot=made[0], by=organiser)
        assert list(KINDS[message.kind].withdrawn([message])) == [message.pk]

    def test_declining_says_why(self, plenary: Session, organiser: User, parties: Parties) -> None:
        head = member(parties["Aland"], "head")
        row = floor_requests.ask(session=plenary, party=parties["Aland"], speaker=head, by=head.user)
        refuses(FloorRefused, floor_requests.decline, request=row, reason=" ", by=organiser, match="Enter a reason")
        assert floor_requests.decline(request=row, reason="No time is left.", by=organiser) is True
        message = Message.objects.get(kind=FLOOR_REQUEST.name)
        assert "Reason: No time is left." in KINDS[message.kind].render(message).text
        assert KINDS[message.kind].withdrawn([message]) == {}
        again = floor_requests.ask(session=plenary, party=parties["Aland"], speaker=head, by=head.user)
        floor_requests.withdraw(request=again, by=head.user)
        assert floor_requests.decline(request=again, reason="No.", by=organiser) is False
        assert floor_requests.grant(requests=[again], session=plenary, by=organiser) == []
        assert not plenary.slots.exists()
        actions = AuditEntry.objects.filter(action__startswith="agenda.floor").order_by("pk")
        assert list(actions.values_list("action", flat=True)) == [
            f"agenda.floor.{name}" for name in ("open", "ask", "decline", "ask", "withdraw")
        ]

    def test_who_leaves_the_party_asks_no_more(self, plenary: Session, organiser: User, parties: Parties) -> None:
        rows = [
            floor_requests.ask(
                session=plenary, party=parties[name], speaker=member(parties[name], "head"), by=organiser
            )
            for name in ("Aland", "Beland")
        ]
        with transaction.atomic():
            departure_listeners.notify_member_left(party=parties["Aland"], person=rows[0].speaker, by=organiser)
        assert len(floor_requests.grant(requests=rows, session=plenary, by=organiser)) == 1
        assert [each.state for each in FloorRequest.objects.order_by("pk")] == ["withdrawn", "granted"]

    def test_who_may_decide(self, plenary: Session, organiser: User, parties: Parties) -> None:
        head = member(parties["Aland"], "head")
        row = floor_requests.ask(session=plenary, party=parties["Aland"], speaker=head, by=head.user)
        for by in (head.user, UserFactory.with_role(Role.PROTOCOL, plenary.summit)):
            for call in (
                lambda by=by: floor_requests.grant(requests=[row], session=plenary, by=by),
                lambda by=by: floor_requests.decline(request=row, reason="No.", by=by),
                lambda by=by: floor_requests.set_request_deadline(session=plenary, until=None, by=by),
            ):
                refuses(PermissionDenied, call)
        row.refresh_from_db()
        assert row.state == RequestState.ASKED
