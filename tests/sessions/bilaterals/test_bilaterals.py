"""Bilateral meetings: who takes which step, what each side is told, and what nobody else learns."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from delegations.parties.models.parties import Party
from sessions.bilaterals import models, permissions, services
from sessions.bilaterals.models import TRANSITIONS, Bilateral, BilateralState, Side
from sessions.bilaterals.selectors import free_times, unplaced
from sessions.bilaterals.services import BilateralRefused
from sessions.conflicts.selectors.warnings import near
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.audit.models import AuditEntry
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.permissions.rules import seen_rows
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import read, signed_in
from tests.delegations.helpers import refuses
from tests.module_fixtures import once_a_module
from tests.sessions.api.test_release_workflow import DESK
from tests.sessions.conftest import Parties, focal, parties_of, session
from tests.summit.api.conftest import Program, program

pytestmark = pytest.mark.django_db
TOMORROW = timezone.now().date() + timedelta(days=1)
ASK: dict[str, Any] = {"purpose": "Trade", "minutes": 30, "level": "head1"}


class World:
    """A summit tomorrow, three parties that take part, and Deland, which hasn't answered; each with a focal point."""

    def __init__(self) -> None:
        self.summit: Summit = f.SummitFactory(starts_on=TOMORROW, ends_on=TOMORROW + timedelta(days=1))
        self.organiser: User = f.UserFactory.with_role(Role.ORGANISER, self.summit)
        self.parties: dict[str, Party] = parties_of(self.summit)
        for party in self.parties.values():
            f.InvitationFactory(party=party, answered=True)
        self.parties["Deland"] = f.PartyFactory(summit=self.summit, name="Deland")
        f.InvitationFactory(party=self.parties["Deland"], sent=True)
        self.people: dict[str, Any] = {name: focal(party).user for name, party in self.parties.items()}

    def ask(self, party: str = "Aland", counterpart: str = "Beland", **kwargs: Any) -> Bilateral:
        """Let one party ask another for a meeting, by its focal point unless `by` is given."""
        sides = {"party": self.parties[party], "counterpart": self.parties[counterpart]}
        return services.ask(**{**sides, "by": self.people[party], **ASK, **kwargs})

    def accepted(self, **kwargs: Any) -> Bilateral:
        return services.accept(bilateral=self.ask(**kwargs), by=self.people["Beland"])

    def place(self, row: Bilateral, **kwargs: Any) -> Bilateral:
        return services.place(bilateral=row, by=self.organiser, **{"starts_at": self.at(10), "room": None, **kwargs})

    def at(self, hour: int) -> datetime:
        return datetime(TOMORROW.year, TOMORROW.month, TOMORROW.day, hour, tzinfo=self.summit.zone)

    def in_state(self, state: BilateralState) -> Bilateral:
        return f.BilateralFactory(
            party=self.parties["Aland"],
            counterpart=self.parties["Beland"],
            state=state,
            forwarded_at=None if state == BilateralState.SCREENING else timezone.now(),
            proposed_at=self.at(9) if state == BilateralState.PROPOSED else None,
            reason="No." if state == BilateralState.REFUSED else "",
            session=f.SessionFactory(summit=self.summit) if state == BilateralState.PLACED else None,
        )


@once_a_module
def world() -> World:
    return World()


def told(row: Bilateral) -> list[tuple[str, str]]:
    """Return whom messages about a meeting tell what: the name of the party, and what happened."""
    keys = dict(Party.objects.values_list("public_id", "name"))
    messages = Message.objects.filter(kind="bilateral", facts__bilateral=row.public_id).order_by("pk")
    return [(keys[message.facts["party_key"]], message.facts["what"]) for message in messages]


def seen(user: User, row: Bilateral) -> bool:
    condition = seen_rows(user, "agenda.bilateral.view", Bilateral, "party__summit")
    rows = Bilateral.objects.filter(pk=row.pk)
    return (rows if condition is None else rows.filter(condition)).exists()


def test_who_may_ask_for_whom(world: World) -> None:
    for by in (world.people["Beland"], f.UserFactory.with_role(Role.PROTOCOL, world.summit)):
        refuses(PermissionDenied, world.ask, by=by)
    for by in (world.people["Aland"], world.organiser):
        services.withdraw(bilateral=world.ask(by=by), by=by)


def test_what_is_refused_says_why(world: World) -> None:
    for party, counterpart, why in (
        ("Aland", "Aland", "another delegation than your own"),
        ("Aland", "Deland", "does not take part"),
        ("Deland", "Beland", "Accept the invitation"),
    ):
        refuses(BilateralRefused, world.ask, party, counterpart, match=why)
    refuses(ValidationError, world.ask, language="klingon", match="spoken language")
    refuses(ValidationError, world.ask, purpose=" ")
    world.ask()
    refuses(BilateralRefused, world.ask, match="already asked this delegation")
    refuses(BilateralRefused, world.ask, "Beland", "Aland", match="Answer its request instead")
    assert Bilateral.objects.count() == 1


def test_a_request_that_is_screened_is_nobodys_to_know(world: World) -> None:
    beland = world.people["Beland"]
    services.set_screening(summit=world.summit, screening=True, by=world.organiser)
    row = world.ask()
    assert (row.state, told(row)) == (BilateralState.SCREENING, [])
    # The other delegation is let ask itself, as if there was no request.
    other = world.ask("Beland", "Aland")
    assert seen(beland, row) is False
    services.refuse(bilateral=row, reason="No time is left.", by=world.organiser)
    services.withdraw(bilateral=other, by=beland)
    assert (told(row), seen(beland, row)) == ([("Aland", "refused")], False)
    second = services.forward(bilateral=world.ask(), by=world.organiser)
    assert (told(second), seen(beland, second)) == ([("Beland", "asked")], True)


@pytest.mark.parametrize("step", TRANSITIONS)
def test_a_step_is_taken_by_its_side_from_its_states_alone(step: str, world: World) -> None:
    sides = {Side.PARTY: world.people["Aland"], Side.COUNTERPART: world.people["Beland"], Side.DESK: world.organiser}
    given: dict[str, Any] = {
        "propose": {"starts_at": world.at(10)},
        "refuse": {"reason": "No."},
        "place": {"starts_at": world.at(10), "room": None},
    }.get(step, {})
    take: Callable[..., Bilateral] = getattr(services, step)
    transition = TRANSITIONS[step]
    for state in BilateralState:
        row = world.in_state(state)
        if state in transition.sources:
            for side, by in sides.items():
                # The programme desk may also answer for a delegation, such as by telephone.
                if side not in (transition.side, Side.DESK):
                    refuses(PermissionDenied, take, bilateral=row, by=by, **given)
            assert take(bilateral=row, by=sides[transition.side], **given).state == transition.target
            assert AuditEntry.objects.filter(action=f"agenda.bilateral.{step}", object_key=row.public_id).exists()
        else:
            with pytest.raises(BilateralRefused, match="Reload the page"):
                take(bilateral=row, by=sides[transition.side], **given)
        row.delete()


def test_the_second_of_two_contrary_steps_is_refused_and_what_is_no_longer_true_is_not_sent(world: World) -> None:
    row = world.ask()
    message = Message.objects.get(kind="bilateral")
    assert KINDS["bilateral"].withdrawn([message]) == {}
    services.withdraw(bilateral=row, by=world.people["Aland"])
    assert list(KINDS["bilateral"].withdrawn([message])) == [message.pk]
    refuses(BilateralRefused, services.accept, bilateral=row, by=world.people["Beland"], match="is now “withdrawn”")


def test_each_side_is_told_once(world: World) -> None:
    row = world.ask()
    services.propose(bilateral=row, starts_at=world.at(10), by=world.people["Beland"])
    services.agree(bilateral=row, by=world.people["Aland"])
    assert list(unplaced(world.summit)) == []
    services.approve(bilateral=row, by=world.organiser)
    assert list(unplaced(world.summit)) == [row]
    world.place(row)
    assert list(unplaced(world.summit)) == []
    assert told(row) == [
        *(("Beland", "asked"), ("Aland", "proposed"), ("Beland", "accepted")),
        *(("Aland", "approved"), ("Beland", "approved")),
    ]
    mails = [KINDS[each.kind].render(each) for each in Message.objects.filter(kind="bilateral").order_by("pk")]
    assert mails[0].subject == "Aland asks for a bilateral meeting"
    assert "10:00–10:30 London time" in mails[1].text.replace("\u2060", "")
    assert all("10:00" not in mail.text for mail in mails[2:])
    # The time and the room come once, with the release.
    releases.release(summit=world.summit, by=world.organiser)
    changes = Message.objects.filter(kind="agenda_change")
    mailboxes = [world.people[name].people.get().email for name in ("Aland", "Beland")]
    assert sorted(message.address for message in changes) == sorted(mailboxes)


def test_who_knows_of_a_request(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = [Role.ORGANISER, Role.PROGRAMME, Role.PROTOCOL]
    row = world.ask()
    assert [name for name, user in world.people.items() if seen(user, row)] == ["Aland", "Beland"]
    desks = {
        role: f.UserFactory.with_role(role, world.summit) for role in (*readers, Role.PRESS_OFFICER, Role.VIEWER)
    }
    assert [role for role, user in desks.items() if seen(user, row)] == readers
    assert [role for role, user in desks.items() if permissions.can_see_requests(user, world.summit)] == readers
    services.decline(bilateral=row, by=world.people["Beland"])
    assert [name for name, user in world.people.items() if seen(user, row)] == ["Aland", "Beland"]
    # The control: without the predicate, a delegation would see a request before it is forwarded.
    screened = world.in_state(BilateralState.SCREENING)
    visible = Bilateral.objects.visible_to
    assert visible(world.parties["Beland"]).filter(pk=screened.pk).exists() is False
    monkeypatch.setattr(
        models, "visible_to_parties", lambda keys: models.Q(party__in=keys) | models.Q(counterpart__in=keys)
    )
    assert visible(world.parties["Beland"]).filter(pk=screened.pk).exists() is True


def test_the_session_has_both_delegations_and_what_they_need(world: World) -> None:
    for name, french in (("Aland", "Alande"), ("Beland", "Bélande")):
        f.PartyNameFactory(party=world.parties[name], language="fr", name=french)
    row = world.ask(language="fr", spray=True)
    services.accept(bilateral=row, by=world.people["Beland"], language="ar", spray=True)
    room = f.RoomFactory(venue__summit=world.summit)
    made = world.place(row, room=room).session
    assert isinstance(made, Session)
    assert (made.kind, made.title, made.room, made.media, made.visibility) == (
        *("bilateral", "Aland – Beland", room, "pooled", "participants"),
    )
    assert (made.starts_at, made.ends_at) == (world.at(10), world.at(10) + timedelta(minutes=30))
    places = made.participants.order_by("position")
    assert [(place.party.name, place.level) for place in places] == [("Aland", "head1"), ("Beland", "head1")]
    assert [(text.language, text.title) for text in made.texts.all()] == [("fr", "Alande – Bélande")]
    assert {(each.source, each.target) for each in made.interpretation.all()} == {("fr", "ar"), ("ar", "fr")}
    assert near(world.summit, [made]) == []


def test_a_spray_needs_both_sides(world: World) -> None:
    placed = world.place(world.accepted(spray=True), spray=True)
    assert placed.session is not None
    assert (placed.spray, placed.session.media) == (False, "closed")


def propose(row: Bilateral, moment: datetime) -> None:
    Bilateral.objects.filter(pk=row.pk).update(proposed_at=moment)
    row.refresh_from_db()


def test_times_are_offered_at_which_everybody_is_free(world: World) -> None:
    venue, at = f.VenueFactory(summit=world.summit), world.at
    f.RoomFactory(venue=venue, capacity=3, name="Tiny")
    small, large = (f.RoomFactory(venue=venue, capacity=seats, name=str(seats)) for seats in (4, 40))
    row = world.ask(unavailable=[(at(8), at(11))])
    session(world.summit, world.parties["Beland"], starts_at=at(11), ends_at=at(12))
    session(world.summit, world.parties["Celand"], starts_at=at(12), ends_at=at(13), room=small)
    offered = free_times(row)[TOMORROW]
    assert [(time.starts_at, time.room) for time in offered] == [
        *((at(12), large), (at(13), small), (at(14), small), (at(15), small))
    ]
    propose(row, at(17))
    offered = free_times(row)[TOMORROW]
    assert [time.starts_at for time in offered] == [at(hour) for hour in (17, 16, 18, 15)]
    assert list(free_times(row)) == [TOMORROW, TOMORROW + timedelta(days=1)]


def test_times_are_offered_in_working_hours(world: World) -> None:
    venue = f.VenueFactory(summit=world.summit, opens_at=time(6), closes_at=time(23))
    f.RoomFactory(venue=venue, capacity=4)
    row = world.ask()
    assert [each.starts_at for each in free_times(row)[TOMORROW]] == [world.at(hour) for hour in (8, 9, 10, 11)]


ADMIN = "/admin/agenda/bilateral/"
TOMORROW = timezone.now().date() + timedelta(days=1)


@pytest.fixture
def summit() -> Summit:
    """Return a summit far from UTC, where a time of the venue can't be taken for another."""
    return f.SummitFactory(time_zone="Asia/Tokyo", starts_on=TOMORROW, ends_on=TOMORROW)


def test_the_queue_stands_in_the_order_of_work(desk: Client, parties: Parties) -> None:
    sides = {"party": parties["Aland"], "counterpart": parties["Beland"]}
    f.BilateralFactory(**sides, state="declined", purpose="Closed")
    f.BilateralFactory(**sides, purpose="Waits")
    f.BilateralFactory(party=parties["Beland"], counterpart=parties["Celand"], state="approved")
    f.BilateralFactory(party=parties["Celand"], counterpart=parties["Aland"], state="screening", forwarded_at=None)
    f.BilateralFactory(party=parties["Aland"], counterpart=parties["Celand"], state="accepted")
    shown = read(desk, ADMIN)
    listed = [shown.index(name) for name in ("Celand – Aland", "Beland – Celand", "Aland – Beland")]
    assert listed == sorted(listed)
    assert [shown.count(f">{step}<span") for step in ("Screen", "Approve", "Place the meeting")] == [1, 1, 1]
    assert "Waits" not in shown
    assert "3 bilateral meetings to screen, approve or place." in read(desk, "/admin/")
    assert read(desk, f"{ADMIN}?queue=place").count("</th>") > 0
    # Other readers of the draft don't know of requests.
    viewer = signed_in(f.UserFactory.with_role(Role.VIEWER, parties["Aland"].summit))
    assert viewer.get(ADMIN).status_code == 404


def test_screening_is_a_setting_and_no_button_beside_the_queue(
    desk: Client, parties: Parties, summit: Summit
) -> None:
    # A button there changes it for everybody, and looks like the way to what is to screen.
    sides = {"party": parties["Aland"], "counterpart": parties["Beland"]}
    f.BilateralFactory(**sides, state="screening", forwarded_at=None)
    shown = read(desk, ADMIN)
    assert "To screen" in shown
    assert [
        word for word in ("/screening/", "screening of", "to the other delegation at once") if word in shown
    ] == []
    setting = f"/admin/agenda/bilateral-requests/{summit.slug}/"
    assert f'href="{setting}"' in read(desk, "/admin/settings/")
    for chosen in (True, False):
        assert re.findall(r'value="(\w+)" [^>]*checked', read(desk, setting)) == [str(not chosen)]
        assert desk.post(setting, {"screening": chosen}).status_code == 302
        assert services.screens(summit) is chosen
    assert desk.post(setting, {"screening": ""}).status_code == 400
    protocol = signed_in(f.UserFactory.with_role(Role.PROTOCOL, summit))
    assert [protocol.get(setting).status_code, protocol.post(setting, {"screening": True}).status_code] == [403, 403]
    assert services.screens(summit) is False


def test_a_request_is_screened_and_refused_or_forwarded(desk: Client, parties: Parties, summit: Summit) -> None:
    rows = [
        f.BilateralFactory(party=parties[name], counterpart=parties["Celand"], state="screening", forwarded_at=None)
        for name in ("Aland", "Beland")
    ]
    shown = read(desk, f"{ADMIN}{rows[0].pk}/change/")
    assert "Forward the request" in shown
    assert "Place the meeting" not in shown
    assert desk.post(f"{ADMIN}{rows[0].pk}/forward/").status_code == 302
    refuse = f"{ADMIN}{rows[1].pk}/refuse/"
    assert "The other one does not learn of it." in read(desk, refuse)
    assert desk.post(refuse, {"reason": ""}).status_code == 422
    assert desk.post(refuse, {"reason": "No time is left."}).status_code == 302
    assert sorted(Bilateral.objects.values_list("state", flat=True)) == ["asked", "refused"]


def test_a_meeting_is_approved_and_placed_at_a_free_time(desk: Client, parties: Parties, summit: Summit) -> None:
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit), name="Blue Room")
    row = f.BilateralFactory(party=parties["Aland"], counterpart=parties["Beland"], state="accepted")
    assert desk.post(f"{ADMIN}{row.pk}/approve/").status_code == 302
    place = f"{ADMIN}{row.pk}/place/"
    shown = read(desk, place)
    assert f"starts_at={TOMORROW.isoformat()}T" in shown
    filled = read(desk, f"{place}?starts_at={TOMORROW.isoformat()}T10:15&room={room.pk}")
    assert 'value="10:15"' in filled
    assert "Blue Room" in filled
    assert desk.post(place, {"starts_at_0": "", "starts_at_1": ""}).status_code == 422
    sent = {"starts_at_0": TOMORROW.strftime("%d/%m/%Y"), "starts_at_1": "10:15", "room": room.pk}
    placed = desk.post(place, sent)
    row.refresh_from_db()
    assert row.session is not None
    assert placed["Location"] == f"/admin/agenda/session/{row.session.pk}/"
    assert (row.state, row.session.room, row.session.title) == ("placed", room, "Aland – Beland")
    assert f"{row.session.starts_at.astimezone(summit.zone):%H:%M}" == "10:15"
    again = desk.post(place, sent, follow=True)
    assert "This request is now “scheduled”" in again.content.decode()
    assert "can’t be placed in its present state" in read(desk, place)


STARTS = timezone.now().replace(microsecond=0) + timedelta(days=2)


@pytest.mark.slow("asks the API for four readers at each step")
def test_by_the_api_a_meeting_is_asked_for_answered_and_placed() -> None:
    here = f.SummitFactory(slug="here")
    parties = parties_of(here)
    for party in parties.values():
        f.InvitationFactory(party=party, answered=True)
    who = {name: program(focal(party).user) for name, party in parties.items()}
    desk = program(f.UserFactory.with_role(Role.ORGANISER, here))

    def post(by: Program, rest: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = by.post(f"{DESK}bilaterals/{rest}", body)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    def listed(by: Program) -> list[dict[str, Any]]:
        return by.get(f"{DESK}bilaterals/").json()["results"]

    busy = {"starts_at": STARTS.isoformat(), "ends_at": (STARTS + timedelta(hours=1)).isoformat()}
    body = {"purpose": "Trade", "minutes": 30, "level": "head", "unavailable": [busy]}
    body |= {"party": parties["Aland"].public_id, "counterpart": parties["Beland"].public_id}
    post(desk, "screening/", {"screening": True})
    row = post(who["Aland"], "", body)
    assert row["state"] == "screening"
    assert [len(listed(by)) for by in (*who.values(), desk)] == [1, 0, 0, 1]
    assert who["Beland"].post(f"{DESK}bilaterals/{row['id']}/accept/", {}).status_code == 404
    post(desk, f"{row['id']}/forward/", {})
    assert [len(listed(by)) for by in (*who.values(), desk)] == [1, 1, 0, 1]
    # Nobody but the desk and the delegation itself reads when it can't meet.
    assert [len(listed(by)[0]["unavailable"]) for by in (who["Aland"], who["Beland"], desk)] == [1, 0, 1]
    post(who["Beland"], f"{row['id']}/accept/", {})
    refused = desk.post(f"{DESK}bilaterals/{row['id']}/forward/", {})
    assert (refused.status_code, "“accepted”" in refused.json()["detail"]) == (409, True)
    placed = post(desk, f"{row['id']}/place/", {"starts_at": STARTS.isoformat()})
    assert placed["state"] == "placed"
    session = Bilateral.objects.get().session
    assert session is not None
    assert session.starts_at == STARTS
