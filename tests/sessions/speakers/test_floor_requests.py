"""Requests for the floor: who asks until when, what becomes of them, and who is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from delegations.members import departure_listeners
from sessions.draft.models.participants import FloorRequest, RequestState
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.speakers.messages import FLOOR_REQUEST
from sessions.speakers.services import floor_requests, speakers_list
from sessions.speakers.services.floor_requests import FloorRefused
from summit.audit.models import AuditEntry
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.delegations.helpers import refuses
from tests.factories import UserFactory
from tests.sessions.conftest import SOON, Parties, focal, member, session

pytestmark = pytest.mark.django_db


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
