"""Private calendars: who reads what by which address, and when it is dead."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from icalendar import Calendar

from delegations.members import departure_listeners
from delegations.parties.models.parties import Party
from delegations.portal_access.services import portal_sessions
from sessions.calendars import services as calendars_services
from sessions.calendars.models import CalendarFeed
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp, SignUpState
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.core.log_filters import without_tokens
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.module_fixtures import once_a_module
from tests.sessions.conftest import session

pytestmark = pytest.mark.django_db


def fetch(token: str, **headers: str) -> HttpResponse:
    """Ask for a calendar as a program does. Each request has an id of its own."""
    answer: HttpResponse = Client().get(f"/calendar/{token}.ics", headers=headers)  # type: ignore[assignment]
    answer.headers.pop("X-Request-ID", None)
    return answer


def events(token: str) -> dict[str, Any]:
    response = fetch(token)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar: Any = Calendar.from_ical(response.content)
    assert (calendar["method"], str(calendar["version"])) == ("PUBLISH", "2.0")
    return {str(event["summary"]): event for event in calendar.events}


class World:
    """A head, a member and a focal point of Aland with accounts, in sessions of all sorts."""

    def __init__(self) -> None:
        summit: Summit = f.SummitFactory()
        aland, beland = (f.PartyFactory(summit=summit, name=name) for name in ("Aland", "Beland"))
        self.summit, self.party, self.by = summit, aland, f.UserFactory.with_role(Role.ORGANISER, summit)
        self.head = self.member_of(aland, code="head")
        self.member = self.member_of(aland)
        self.focal = f.PersonFactory(summit=summit, user=f.UserFactory())
        f.FocalPointFactory(party=aland, person=self.focal)
        hour = iter(range(20))

        def make(title: str, *parties: Party, **values: Any) -> Session:
            start = f.START + timedelta(hours=next(hour))
            times = {"starts_at": start, "ends_at": start + timedelta(minutes=50)}
            return session(summit, *parties, title=title, **{**times, **values})

        make("Whole delegation", aland)
        heads = make("Heads")
        f.ParticipantFactory(session=heads, party=aland, level="head")
        category = make("Category")
        f.ParticipantFactory(session=category, category=self.member.membership.category)
        mine = make("Mine", beland, room_to="organisers", times_to="organisers")
        f.ParticipantFactory(session=mine, person=self.member)
        for state in SignUpState.values:
            open_to = make(f"Signed up, {state}", visibility="accredited", sign_up=True)
            SignUp.objects.create(session=open_to, person=self.member, state=state)
        make("Confidential", aland, visibility=Visibility.ORGANISERS)
        make("Others'", beland)
        make("For everybody", visibility=Visibility.PUBLIC)
        releases.release(summit=summit, by=self.by)

    def member_of(self, party: Party, **values: Any) -> Person:
        person: Person = f.PersonFactory(summit=self.summit, user=f.UserFactory())
        f.MembershipFactory(party=party, person=person, **values)
        return person

    def address(self, person: Person, **values: Any) -> str:
        return calendars_services.make(by=person.user, person=person, **values)[1]  # type: ignore[arg-type]


@once_a_module
def world() -> World:
    return World()


def test_each_reads_what_they_take_part_in(world: World) -> None:
    of_party = calendars_services.make(by=world.focal.user, party=world.party)[1]  # type: ignore[arg-type]
    own = {"Whole delegation", "Category", "Mine", "Signed up, place"}
    assert set(events(world.address(world.head))) == {"Whole delegation", "Heads"}
    assert set(events(world.address(world.member))) == own
    assert set(events(of_party)) == {*own, "Heads"}


def test_what_is_kept_from_those_who_take_part_is_not_in_it(world: World) -> None:
    found = events(world.address(world.member, alarms=True))
    mine, other = found["Mine"], found["Whole delegation"]
    row = Session.objects.get(title="Mine")
    assert mine["dtstart"].dt == row.starts_at.astimezone(world.summit.zone).date()
    assert ("location" in mine, str(mine["transp"]), mine.alarms.times) == (False, "TRANSPARENT", [])
    assert other["dtstart"].dt == f.START.astimezone(world.summit.zone)
    assert [str(part["action"]) for part in other.subcomponents] == ["DISPLAY"]
    assert [part["trigger"].dt for part in other.subcomponents] == [timedelta(minutes=-15)]
    assert (str(other["class"]), "attendee" in other) == ("PRIVATE", False)
    assert str(other["organizer"]) == f"mailto:{world.summit.contact_email}"
    assert str(other["url"]).endswith(f"/portal/agenda/{Session.objects.get(title='Whole delegation').public_id}/")
    assert events(world.address(world.member))["Whole delegation"].subcomponents == []


def test_sequence_rises_and_what_turns_confidential_is_gone(world: World) -> None:
    token = world.address(world.head)
    assert events(token)["Heads"]["sequence"] == 1
    Session.objects.filter(title="Heads").update(summary="Later")
    releases.release(summit=world.summit, by=world.by)
    assert events(token)["Heads"]["sequence"] == 2
    Session.objects.filter(title="Heads").update(visibility=Visibility.ORGANISERS)
    releases.release(summit=world.summit, by=world.by)
    assert set(events(token)) == {"Whole delegation"}


def test_its_words_are_in_the_readers_language(world: World) -> None:
    Session.objects.get(title="Heads").texts.create(language="fr", title="Chefs", summary="Entre eux")
    releases.release(summit=world.summit, by=world.by)
    Person.objects.filter(pk=world.head.pk).update(language="fr")
    found = events(world.address(world.head))["Chefs"]
    assert (found["summary"].params["LANGUAGE"], str(found["description"])) == ("fr", "Entre eux")
    assert str(found["categories"].cats[0]) == "Séance de travail"


def test_a_program_that_asks_again_gets_a_304(world: World) -> None:
    token = world.address(world.member)
    first = fetch(token)
    assert (first["Cache-Control"], first["Referrer-Policy"]) == ("private, no-cache", "no-referrer")
    again = fetch(token, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    SignUp.objects.filter(state=SignUpState.PLACE).delete()
    assert fetch(token, if_none_match=first["ETag"]).status_code == 200
    # No cookie is looked at or set.
    client = signed_in(world.by)
    response = client.get(f"/calendar/{token}.ics")
    assert (response.status_code, response.cookies, "Cookie" in response.get("Vary", "")) == (200, {}, False)


def test_the_address_is_in_no_log_nor_record_and_not_in_the_database(world: World) -> None:
    row, token = calendars_services.make(by=world.member.user, person=world.member)  # type: ignore[arg-type]
    assert [calendars_services.end(feeds=[row], by=world.by) for _time in range(2)] == [1, 0]
    assert without_tokens(f"Not Found: /calendar/{token}.ics") == "Not Found: /calendar/[hidden].ics"
    assert [token in str(value) for row in CalendarFeed.objects.values() for value in row.values()].count(True) == 0
    found = AuditEntry.objects.filter(action__contains="_feed").order_by("pk")
    assert [(entry.action, entry.object_key, entry.detail) for entry in found] == [
        ("agenda.open_feed", world.member.public_id, {}),
        ("agenda.end_feed", world.member.public_id, {}),
    ]


def leave(world: World, row: CalendarFeed) -> None:
    world.member.membership.delete()
    departure_listeners.notify_member_left(party=world.party, person=world.member, by=world.by)


KILLED: dict[str, Callable[[World, CalendarFeed], object]] = {
    "its account is shut": lambda world, row: User.objects.filter(pk=row.user_id).update(is_active=False),
    "its account is taken": lambda world, row: Person.objects.filter(pk=row.person_id).update(user=None),
    "its person leaves": leave,
    "its delegation is revoked": lambda world, row: f.InvitationFactory(party=world.party, state="revoked"),
    "it is ended": lambda world, row: calendars_services.end(feeds=[row], by=world.by),
}


@pytest.mark.parametrize("name", KILLED)
def test_it_is_dead_at_once_and_like_one_that_never_was(name: str, world: World) -> None:
    row, token = calendars_services.make(by=world.member.user, person=world.member)  # type: ignore[arg-type]
    assert fetch(token).status_code == 200
    KILLED[name](world, CalendarFeed.objects.select_related("person__summit").get(pk=row.pk))
    dead, never = fetch(token), fetch("0" * 48)
    assert (dead.status_code, dead.content, dict(dead.items())) == (404, never.content, dict(never.items()))


def test_a_partys_calendar_dies_with_its_focal_point(world: World) -> None:
    token = calendars_services.make(by=world.focal.user, party=world.party)[1]  # type: ignore[arg-type]
    assert fetch(token).status_code == 200
    world.party.focal_points.all().delete()
    assert fetch(token).status_code == 404


def test_what_a_mailbox_opened_dies_where_it_stands_for_them_no_more(world: World) -> None:
    Person.objects.filter(pk=world.member.pk).update(email="member@aland.example")
    world.member.refresh_from_db()
    door = portal_sessions.open_by_code(mailbox="member@aland.example", person=world.member, agent="")
    token = calendars_services.make(by=audit.Mailbox(door.public_id), person=world.member)[1]
    assert fetch(token).status_code == 200
    Person.objects.filter(pk=world.member.pk).update(email="other@aland.example")
    assert fetch(token).status_code == 404


def test_nobody_makes_one_of_what_they_may_not_read(world: World) -> None:
    for target in ({"person": world.head}, {"party": world.party}):
        with pytest.raises(PermissionDenied):
            calendars_services.make(by=world.member.user, **target)  # type: ignore[arg-type]
    assert not CalendarFeed.objects.exists()


def test_there_are_ten_at_most(world: World) -> None:
    for _number in range(calendars_services.MOST):
        world.address(world.member)
    with pytest.raises(calendars_services.TooManyCalendars, match="There are already 10 addresses"):
        world.address(world.member)
