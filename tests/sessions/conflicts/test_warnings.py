"""What can't be right in the draft: each kind by its exact findings, and who reads of it."""

from datetime import time, timedelta
from typing import Any

import pytest

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.badges.selectors.opened_zones import opened_zones
from delegations.members.models.categories import Category
from delegations.parties.models.parties import Party
from sessions.agenda.selectors.draft_snapshots import draft
from sessions.conflicts.models import WarningKind
from sessions.conflicts.selectors import warnings
from sessions.conflicts.selectors.warnings import RULES
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.participants import ParticipantRole
from sessions.draft.models.sessions import Session
from sessions.draft.models.signups import SignUp
from sessions.releases.selectors import unreleased_changes
from sessions.visibility.models import Visibility
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.sessions.conftest import Parties, session

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def found(summit: Summit) -> list[tuple[Any, ...]]:
    """Return what is warned of: the kind, about whom, the sessions' titles, and the facts."""
    return [
        (row.kind.value, row.who, *sorted(one.title for one in row.sessions), *row.facts)
        for row in warnings.warnings(summit, draft(summit))
    ]


def at(summit: Summit, title: str, hour: float = 0, length: float = 1, **kwargs: Any) -> Session:
    start = f.START + hour * HOUR
    return session(summit, title=title, starts_at=start, ends_at=start + length * HOUR, **kwargs)


def member(party: Party, office: str, **kwargs: Any) -> Person:
    person = f.PersonFactory(summit=party.summit, office=office)
    f.MembershipFactory(party=party, person=person, **kwargs)
    return person


def head(party: Party) -> Person:
    return member(party, f"Head of {party.name}", code="head")


def test_a_room_is_taken_with_its_set_up_and_clear_down(summit: Summit) -> None:
    assert set(RULES) == set(WarningKind)
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit, name="House"), name="Blue", capacity=None)
    at(summit, "One", room=room)
    at(summit, "Two", 0.5, room=room)
    assert found(summit) == [("room", "Blue, House", "One", "Two")]
    Session.objects.filter(title="Two").update(starts_at=f.START + HOUR)
    assert found(summit) == []
    Session.objects.filter(title="Two").update(set_up=15)
    assert found(summit) == [("room", "Blue, House", "One", "Two", "set-up")]
    Session.objects.filter(title="Two").update(set_up=0)
    Session.objects.filter(title="One").update(clear_down=1)
    assert found(summit) == [("room", "Blue, House", "One", "Two", "set-up")]
    Session.objects.filter(title="One").update(cancelled_at=f.START)
    assert found(summit) == []


def test_a_person_is_in_two_places(summit: Summit) -> None:
    one, two, later = at(summit, "One"), at(summit, "Two", 0.5), at(summit, "Later", 1.5)
    person = f.PersonFactory(summit=summit, office="Minister")
    f.ParticipantFactory(session=one, person=person)
    f.ParticipantFactory(session=later, person=person)
    # Who signed up is there too, once they have a place.
    SignUp.objects.create(session=two, person=person, state="waiting")
    assert found(summit) == []
    SignUp.objects.update(state="place")
    assert found(summit) == [("person", "Minister", "One", "Two")]
    SignUp.objects.all().delete()
    for row in (two, one):
        f.SlotFactory(session=row, speaker=person)
        assert found(summit) == [("person", "Minister", "One", "Two")]


def test_a_party_at_a_level_is_where_its_head_is(summit: Summit, parties: Parties) -> None:
    one, two = at(summit, "One"), at(summit, "Two")
    f.ParticipantFactory(session=one, party=parties["Aland"], level="head1")
    place = f.ParticipantFactory(session=two, party=parties["Aland"])
    # A whole delegation may send others: that is another warning.
    assert found(summit) == [("delegation", "Aland", "One", "Two", 1)]
    type(place).objects.filter(pk=place.pk).update(level="head")
    assert found(summit) == [("head", "Aland", "One", "Two")]
    person = head(parties["Aland"])
    assert found(summit) == [("head", "Head of Aland", "One", "Two")]
    # The head's own place beside the party's is the same person.
    place.delete()
    f.ParticipantFactory(session=two, person=person)
    assert found(summit) == [("head", "Head of Aland", "One", "Two")]
    f.ParticipantFactory(session=one, person=person)
    assert found(summit) == [("person", "Head of Aland", "One", "Two")]


def test_seats_are_counted_once_for_each(summit: Summit, parties: Parties) -> None:
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit, name="House"), name="Blue", capacity=20)
    row = at(summit, "One", room=room, visibility=Visibility.ACCREDITED)

    def wanted() -> int:
        Session.objects.filter(pk=row.pk).update(capacity=1)
        return {kind: facts[0] for kind, _who, _title, *facts in found(summit)}.get("seats", 1)

    f.ParticipantFactory(session=row, party=parties["Aland"], level="head2")
    assert wanted() == 3
    speaker = head(parties["Aland"])
    f.SlotFactory(session=row, speaker=speaker, party=parties["Aland"])
    assert wanted() == 3
    guests = f.CategoryFactory(summit=summit)
    f.ParticipantFactory(session=row, category=guests)
    adviser = member(parties["Beland"], "Adviser", category=guests)
    assert wanted() == 4
    f.ParticipantFactory(session=row, party=parties["Beland"])
    f.ParticipantFactory(session=row, person=adviser)
    assert wanted() == 4
    member(parties["Beland"], "Another")
    assert wanted() == 5
    SignUp.objects.create(session=row, person=adviser, state="place")
    SignUp.objects.create(session=row, person=f.PersonFactory(summit=summit), state="place")
    f.ParticipantFactory(session=row, person=f.PersonFactory(summit=summit), role=ParticipantRole.INTERPRETER)
    assert wanted() == 6
    Session.objects.filter(pk=row.pk).update(capacity=6)
    assert found(summit) == []
    type(room).objects.filter(pk=room.pk).update(capacity=5)
    assert found(summit) == [("seats", "Blue, House", "One", 6, 5)]


def test_a_venue_has_hours(summit: Summit) -> None:
    venue = f.VenueFactory(summit=summit, name="House")
    # From 09:00 to 10:00 in London.
    row = at(summit, "One", room=f.RoomFactory(venue=venue))

    def outside(opens: time, closes: time) -> bool:
        type(venue).objects.filter(pk=venue.pk).update(opens_at=opens, closes_at=closes)
        warned = found(summit)
        assert warned in ([], [("hours", "House", "One", opens, closes)])
        return bool(warned)

    inside = [(time(9), time(10)), (time(22), time(10)), (time(9), time(2))]
    beyond = [(time(9, 1), time(10)), (time(8), time(9, 59)), (time(22), time(9, 30))]
    assert [outside(*hours) for hours in inside] == [False] * 3
    assert [outside(*hours) for hours in beyond] == [True] * 3
    # Set-up needs an open house.
    assert outside(time(9), time(18)) is False
    Session.objects.filter(pk=row.pk).update(set_up=1)
    assert outside(time(9), time(18)) is True


def test_outside_the_summits_days(summit: Summit) -> None:
    at(summit, "Late", 47)
    at(summit, "Midnight", 38, 1)
    # The summit ends at midnight of its second day in London, 14 hours after it starts on the second.
    assert found(summit) == [("days", "", "Late")]
    at(summit, "Early", -24)
    assert found(summit) == [("days", "", "Early"), ("days", "", "Late")]


def test_before_arrival_and_after_departure(summit: Summit, parties: Parties) -> None:
    row = at(summit, "One")
    person, chief = f.PersonFactory(summit=summit, office="Minister"), head(parties["Aland"])
    f.ParticipantFactory(session=row, person=person)
    f.ParticipantFactory(session=row, party=parties["Aland"], level="head")
    f.ParticularsFactory(person=person, arrives_at=f.START, departs_at=f.START + HOUR)
    f.ParticularsFactory(person=chief, arrives_at=f.START + HOUR / 2, departs_at=f.START + HOUR * 9)
    assert found(summit) == [("before", "Head of Aland", "One")]
    Session.objects.filter(pk=row.pk).update(ends_at=f.START + 2 * HOUR)
    assert found(summit) == [("after", "Minister", "One"), ("before", "Head of Aland", "One")]
    Session.objects.filter(pk=row.pk).update(kind=SessionKind.ARRIVALS)
    assert found(summit) == [("after", "Minister", "One")]
    f.ParticularsFactory._meta.model.objects.filter(person=person).update(departs_at=None)
    assert found(summit) == []


def test_speeches_fit_into_their_session(summit: Summit) -> None:
    row = at(summit, "One")
    for _ in range(3):
        f.SlotFactory(session=row, speaker=f.PersonFactory(summit=summit), minutes=20)
    assert found(summit) == []
    f.SlotFactory(session=row, speaker=f.PersonFactory(summit=summit), minutes=1)
    assert found(summit) == [("speeches", "", "One", 61, 60)]


def test_the_list_is_narrowed_by_kind_and_day(summit: Summit) -> None:
    client = signed_in(f.UserFactory.with_role(Role.VIEWER, summit))

    def list_of_warnings(query: str = "") -> Any:
        return client.get(f"/admin/agenda/release/warnings/{summit.slug}/{query}")

    assert "No scheduling conflicts" in list_of_warnings().content.decode()
    row = at(summit, "Long talks", 24)
    f.SlotFactory(session=row, speaker=f.PersonFactory(summit=summit), minutes=90)
    at(summit, "Too early", -24)
    page = list_of_warnings()
    labels = [warned.label for warned in page.context["warnings"]]
    assert labels == ["Outside the summit’s days", "Speeches longer than the session"]
    for query, titles in (
        ("?kind=speeches", ["Long talks"]),
        ("?kind=days", ["Too early"]),
        ("?day=2025-04-01", ["Long talks"]),
        ("?kind=days&day=2025-04-01", []),
        ("?kind=nonsense&day=nonsense", ["Too early", "Long talks"]),
    ):
        shown = list_of_warnings(query).context["warnings"]
        assert [warned.sessions[0][0] for warned in shown] == titles


def test_no_warning_says_when_somebody_travels_or_is_told_whoever_may_not_see_the_draft(summit: Summit) -> None:
    person = f.PersonFactory(summit=summit, office="Minister")
    f.ParticipantFactory(session=at(summit, "Secret talks"), person=person)
    f.ParticularsFactory(person=person, arrives_at=f.START + timedelta(minutes=37), departs_at=None)
    viewer, vetting = (signed_in(f.UserFactory.with_role(role, summit)) for role in (Role.VIEWER, Role.VETTING))
    page = viewer.get(f"/admin/agenda/release/warnings/{summit.slug}/").content.decode()
    assert ("Before arrival" in page, "09:37" in page) == (True, False)
    home = vetting.get("/admin/").content.decode()
    assert ("scheduling conflict" in home, "Secret talks" in home) == (False, False)


def test_delegations_that_are_entered_as_a_whole_are_in_two_places_too(summit: Summit, parties: Parties) -> None:
    lunch, table = at(summit, "Working lunch"), at(summit, "Roundtable", 0.5)
    for name, level in (("Aland", ""), ("Beland", "head")):
        f.ParticipantFactory(session=lunch, party=parties[name])
        f.ParticipantFactory(session=table, party=parties[name], level=level)
    f.ParticipantFactory(session=table, party=parties["Celand"])
    assert found(summit) == [("delegation", "Aland, Beland", "Roundtable", "Working lunch", 2)]
    assert warnings.near(summit, [lunch])[0].detail == "2 delegations"
    assert warnings.near(summit, [table]) == warnings.warnings(summit, draft(summit))
    assert warnings.near(summit, [at(summit, "Elsewhere", 5)]) == warnings.near(summit, []) == []
    Session.objects.filter(pk=table.pk).update(starts_at=lunch.ends_at)
    assert found(summit) == []


class TestZones:
    """Who comes to a room that their badge doesn't open."""

    @pytest.fixture
    def hall(self, summit: Summit) -> Any:
        return f.RoomFactory(venue=f.VenueFactory(summit=summit), name="Hall", capacity=None)

    def test_a_badge_opens_the_zones_of_its_category(self, summit: Summit, parties: Parties, hall: Any) -> None:
        one = at(summit, "One", room=hall)
        person, guard = head(parties["Aland"]), member(parties["Aland"], "Guard", code="security")
        for each in (person, guard, f.PersonFactory(summit=summit, office="Stranger")):
            f.ParticipantFactory(session=one, person=each)
        inner, outer = f.ZoneFactory(summit=summit, name="Inner"), f.ZoneFactory(summit=summit, name="Outer")
        inner.rooms.add(hall)
        # Nobody has said yet what badges open.
        assert found(summit) == []
        person.membership.category.zones.set([inner, outer])
        # The stranger is in no category, so that nothing is known of their badge.
        assert found(summit) == [("zone", "Guard", "One", ("Inner",))]
        guard.membership.category.zones.set([outer])
        assert found(summit) == [("zone", "Guard", "One", ("Inner",))]
        outer.rooms.add(hall)
        assert found(summit) == []
        outer.rooms.clear()
        hall.zones.clear()
        assert found(summit) == []

    def test_a_pass_that_one_carries_opens_more(self, summit: Summit, parties: Parties, hall: Any) -> None:
        guard = member(parties["Aland"], "Guard", code="security")
        f.ParticipantFactory(session=at(summit, "One", room=hall), person=guard)
        inner = f.ZoneFactory(summit=summit, name="Inner")
        inner.rooms.add(hall)
        Category.objects.of(summit)["head"].zones.add(inner)
        assert found(summit) == [("zone", "Guard", "One", ("Inner",))]
        rule = f.TransferablePassRuleFactory(summit=summit)
        rule.zones.add(inner)
        TransferablePass.objects.create(rule=rule, party=parties["Aland"], number=1, holder=guard.membership)
        assert found(summit) == []

    def test_a_category_is_named_as_a_whole_and_open_boards_learn_of_it(self, summit: Summit, hall: Any) -> None:
        head, media = (Category.objects.of(summit)[code] for code in ("head", "media"))
        one = at(summit, "One", room=hall)
        for category in (head, media):
            f.ParticipantFactory(session=one, category=category)
        inner = f.ZoneFactory(summit=summit, name="Inner")
        for change in (lambda: inner.rooms.add(hall), lambda: head.zones.add(inner)):
            before = unreleased_changes.version(summit)
            change()
            assert unreleased_changes.version(summit) != before
        assert found(summit) == [("zone", media.name, "One", ("Inner",))]
        before = unreleased_changes.version(summit)
        inner.rooms.clear()
        assert unreleased_changes.version(summit) != before

    def test_it_costs_one_query_however_many(
        self, summit: Summit, parties: Parties, hall: Any, django_assert_num_queries: Any
    ) -> None:
        person = head(parties["Aland"])
        for number in range(3):
            f.ParticipantFactory(session=at(summit, f"S{number}", 2 * number, room=hall), person=person)
            zone = f.ZoneFactory(summit=summit)
            zone.rooms.add(hall)
            f.CategoryFactory(summit=summit, code=f"c{number}").zones.add(zone)
        agenda = draft(summit)
        with django_assert_num_queries(7):
            assert len(warnings.warnings(summit, agenda)) == 3
        with django_assert_num_queries(1):
            opened_zones(summit)
