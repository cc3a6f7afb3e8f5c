"""Every list that a table fills goes out as a file and comes in again: here it changes nothing, elsewhere it makes
the same rows."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.sites import site
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.members.models.categories import Category
from delegations.members.models.quotas import Quota
from delegations.members.services import quotas
from delegations.parties.models.groups import PartyGroup
from delegations.privacy.models import Retention
from delegations.travel.models.declarations import DeclarationKind
from delegations.zones.models import Zone
from press.texts.models.topics import Topic
from sessions.draft.models.kinds import CustomKind
from summit.import_export.list_import import list_imports
from summit.imports import row_numbers, services, table_parsing
from summit.imports.models import ImportFile
from summit.imports.report import ImportReport
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.permissions.models import Role, RoleAssignment
from summit.summits.models import Room, Summit, Venue
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.exported_tables import without_numbers
from tests.plan_apply_undo import check, few_examples, rolled_back
from tests.ratchets import hold, table

pytestmark = pytest.mark.django_db
MINUTE = timezone.now().replace(second=0, microsecond=0)


def _houses(summit: Summit, by: User | None = None) -> None:
    for name in ("=1+1 House", "Long House"):
        f.VenueFactory(summit=summit, name=name, address="1 Way\nLondon", opens_at="08:00", closes_at="22:00")


def _rooms(summit: Summit, by: User) -> None:
    for venue in summit.venues.all():
        f.RoomFactory(venue=venue, name="Blue", capacity=None, position=3)
        way = {"en": "Ground floor, left", "fr": "À gauche", "ar": "إلى اليسار"}
        f.RoomFactory(venue=venue, name="Red", capacity=40, directions=way)


def _zones(summit: Summit, by: User | None = None) -> None:
    for code in ("red", "blue"):
        f.ZoneFactory(summit=summit, code=code, name=code.title())


def _parties(summit: Summit) -> None:
    Category.objects.of(summit)
    for name in ("Freedonia", "Sylvania"):
        # Whoever would be written to.
        f.FocalPointFactory(party=f.PartyFactory(summit=summit, name=name))


def _halls(summit: Summit) -> None:
    venue = f.VenueFactory(summit=summit, name="Lancaster")
    for name in ("Hall, east", "Lobby"):
        f.RoomFactory(venue=venue, name=name)


def _zones_with_rooms(summit: Summit, by: User) -> None:
    _zones(summit)
    Zone.objects.filter(summit=summit)[0].rooms.set(Room.objects.filter(venue__summit=summit))


def _neighbours(summit: Summit) -> None:
    _parties(summit)
    f.PartyFactory(summit=summit, name="Sylvania, Republic of")


def _categories(summit: Summit, by: User) -> None:
    row = f.CategoryFactory(
        summit=summit, code="x1", names={"en": "Envoys", "fr": "Envoyés", "ar": "مبعوثون"}, quota=3
    )
    row.zones.set(Zone.objects.filter(summit=summit))
    f.CategoryFactory(summit=summit, code="x2", name_by=MINUTE, confirm_by=MINUTE, colour="#8a1538")


def _rules(summit: Summit, by: User) -> None:
    row = f.TransferablePassRuleFactory(summit=summit, name="+Pool", passes=2, people=7, most=9)
    row.zones.set(Zone.objects.filter(summit=summit))
    f.TransferablePassRuleFactory(summit=summit, name="Bare")


def _kinds(summit: Summit, by: User) -> None:
    f.DeclarationKindFactory(summit=summit, name="Weapons", names={"fr": "Armes", "ar": "أسلحة"}, position=2)
    f.DeclarationKindFactory(summit=summit, name="Radios", permit=False, until=MINUTE, position=1)


def _numbers(summit: Summit, by: User) -> None:
    [first, second] = summit.parties.order_by("name")
    category = Category.objects.of(summit)["delegate"]
    for party, of, number in ((first, category, 7), (first, None, 40), (second, category, 3)):
        quotas.set_quota(party=party, category=of, number=number, reason=f"Hosts, as {number} years ago", by=by)


def _groups(summit: Summit, by: User) -> None:
    f.PartyGroupFactory(summit=summit, name="Rivers").parties.set(summit.parties.all())
    f.PartyGroupFactory(summit=summit, name="=Nobody yet")


def _times(summit: Summit, by: User) -> None:
    Retention.objects.create(summit=summit, what="passport", days=5)
    media = Category.objects.of(summit)["media"]
    Retention.objects.create(summit=summit, what="passport", category=media, days=None)


def _bare(summit: Summit) -> None: ...


STROLL: dict[str, Any] = {"name": "Stroll", "names": {"fr": "Balade", "ar": "نزهة"}, "like": "walk_through"}
OCEANS: dict[str, Any] = {"name": "Oceans", "names": {"fr": "Océans", "ar": "المحيطات"}}


@dataclass(frozen=True)
class Trip:
    """A list: what its rows need in either summit, how some are made in the one, and what is equal then."""

    needs: Callable[[Summit], object]
    make: Callable[[Summit, User], object]
    model: Any
    columns: str
    of: str = "summit"

    def rows(self, summit: Summit) -> list[Any]:
        """Return the rows of a summit in an order that no key decides."""
        found = self.model._default_manager.filter(**{self.of: summit})
        return sorted(found.values_list(*self.columns.split()), key=repr)


TRIPS = {
    "summit.venue": Trip(_bare, _houses, Venue, "name opens_at closes_at"),
    "summit.room": Trip(_houses, _rooms, Room, "venue__name name capacity position directions", "venue__summit"),
    "delegations.zone": Trip(_halls, _zones_with_rooms, Zone, "code name rooms__name"),
    "delegations.category": Trip(
        _zones, _categories, Category, "code capacity names quota counts name_by zones__code"
    ),
    "delegations.transferablepassrule": Trip(
        _zones, _rules, TransferablePassRule, "name passes people most zones__code"
    ),
    "delegations.declarationkind": Trip(_bare, _kinds, DeclarationKind, "name names asks permit until position"),
    "delegations.quota": Trip(_parties, _numbers, Quota, "party__name category__code number reason", "party__summit"),
    "delegations.partygroup": Trip(_neighbours, _groups, PartyGroup, "name parties__name"),
    "delegations.retention": Trip(_parties, _times, Retention, "what category__code days"),
    "agenda.customkind": Trip(
        _bare, lambda summit, by: f.CustomKindFactory(summit=summit, **STROLL), CustomKind, "name names like"
    ),
    "press.topic": Trip(_bare, lambda summit, by: f.TopicFactory(summit=summit, **OCEANS), Topic, "name names"),
    "summit.roleassignment": Trip(
        _bare, lambda summit, by: f.UserFactory.with_role(Role.PROTOCOL, summit), RoleAssignment, "user__email role"
    ),
}
# Each list in one format, the one with most kinds of columns in all of them.
ENDINGS = ("csv", "json", "xlsx")
CASES = [(label, ENDINGS[number % 2]) for number, label in enumerate(sorted(TRIPS))]
UNDONE = set(TRIPS) - {"summit.roleassignment"}
CASES += [("delegations.category", ending) for ending in ENDINGS if ("delegations.category", ending) not in CASES]


@dataclass(frozen=True)
class World:
    here: Summit
    there: Summit
    by: User
    client: Client


@pytest.fixture
def world() -> World:
    here, there, by = f.SummitFactory(slug="a"), f.SummitFactory(slug="b"), f.UserFactory()
    for summit in (here, there):
        for role in (Role.ORGANISER, Role.PRESS_OFFICER):
            summit.roles.create(user=by, role=role)
    return World(here, there, User.objects.get(pk=by.pk), signed_in(by))


def exported(world: World, label: str, ending: str, language: str = "en") -> bytes:
    asked = f"lang={language}&{list_imports()[label].importable.viewset.summit_path}__id__exact={world.here.pk}"
    answer: Any = world.client.post(f"/admin/{label.replace('.', '/')}/table/?{asked}", {"ending": ending})
    return b"".join(answer.streaming_content)


def kept(summit: Summit, label: str, content: bytes | str, by: User) -> ImportFile:
    found = content if isinstance(content, bytes) else content.encode()
    return services.store(summit=summit, kind=label, filename="t", content=found, by=by)


def refused(report: Any) -> list[list[str]]:
    return [line.notes for line in report.lines if line.outcome == "refused"]


@pytest.mark.slow("looks at all tables five times")
@pytest.mark.parametrize(("label", "ending"), CASES)
def test_what_goes_out_comes_in_and_is_undone(world: World, label: str, ending: str) -> None:
    trip = TRIPS[label]
    for summit in (world.here, world.there):
        Category.objects.of(summit)
        trip.needs(summit)
    trip.make(world.here, world.by)
    # A column that no row of the trip fills shows nothing.
    rows = json.loads(exported(world, label, "json"))
    columns = list_imports()[label].importable.fills()
    unfilled = {name for name in columns if all(row[name] in (None, "") for row in rows)}
    # The summit's own language may stand in `name` alone.
    assert unfilled <= {"names_en"}
    language = "ar" if ending == "csv" else "en"
    content = exported(world, label, ending, language)
    same = services.report_of(kept(world.here, label, content, world.by))
    assert same is not None
    assert (refused(same), same.facts["unknown"], same.facts["twice"]) == ([], [], [])
    assert {line.outcome for line in same.lines} == {"same"}
    with override(language):
        content = without_numbers(content)
    if label in UNDONE and (label, ending) in CASES[: len(TRIPS)]:
        assert list_imports()[label].writes
        check(summit=world.there, kind=label, filename="t.csv", content=content, by=world.by)
    assert refused(services.apply(file=kept(world.there, label, content, world.by), by=world.by)) == []
    assert trip.rows(world.here) == trip.rows(world.there) != []
    assert services.report_of(kept(world.there, label, content, world.by)).writes == 0  # type: ignore[union-attr]


def test_every_list_that_a_table_fills_is_tried() -> None:
    todo = "Add to {table} what its rows need, how some are made that fill every column, and what is equal then."
    desks = {label: site._registry[apps.get_model(label)] for label in list_imports()}
    hold(table(desks, TRIPS, f"{__file__} TRIPS", todo))


@pytest.mark.once
def test_names_in_one_language_are_taken_out_by_an_empty_cell(world: World) -> None:
    f.TopicFactory(summit=world.here, **OCEANS)
    table = kept(world.here, "press.topic", "name,names_fr\nOceans,\n", world.by)
    assert services.apply(file=table, by=world.by).writes == 1
    assert Topic.objects.get(summit=world.here).names == {"ar": "المحيطات"}


@pytest.mark.once
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(("hour", "written"), [(0, "2026-10-25 01:30+01:00"), (1, "2026-10-25 01:30+00:00")])
def test_a_time_that_the_clocks_show_twice_comes_in_as_it_went_out(
    world: World, ending: str, hour: int, written: str
) -> None:
    Category.objects.of(world.here)
    world.here.categories.update(name_by=datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
    content = exported(world, "delegations.category", ending)
    assert table_parsing.read(filename="t", content=content).rows[0].cells.count(written) == 1
    report = services.report_of(kept(world.here, "delegations.category", content, world.by))
    assert report is not None
    assert {line.outcome for line in report.lines} == {"same"}


@pytest.mark.once
def test_what_a_cell_cant_hold_is_said_in_words_of_tables(world: World) -> None:
    text = (
        "code,capacity,quota,counts,name_by,zones\n"
        "a b,king,-1,perhaps,tomorrow,\n"
        "x3,delegate,many,oui,2026-03-31 9:30,Red\n"
        "x4,delegate,3,OUI,2026-03-31 9:30,Red\n"
        "x5,delegate,,,,red; green\n"
    )
    _zones(world.there)
    report = services.report_of(kept(world.there, "delegations.category", text, world.by))
    assert report is not None
    [first, second, third] = refused(report)
    assert [each for each in first if "Capacity" not in each] == [
        "Short code: Use only Latin letters, digits, “-” and “_”.",
        "Quota: Enter 0 or more.",
        "Counts towards the total: Enter “yes” or “no”.",
        "Naming deadline: Enter a date and time at the venue, such as 2025-03-31 14:30.",
    ]
    [capacity] = [each for each in first if "Capacity" in each]
    assert capacity.startswith("Capacity: Enter one of: head of delegation,")
    assert second == ["Quota: Enter a whole number."]
    assert third == ["Zones: This summit has no “green”. Add it first, or enter another."]
    assert [line.outcome for line in report.lines] == ["refused", "refused", "new", "refused"]


@pytest.mark.once
def test_groups_name_their_parties_in_words(world: World) -> None:
    _neighbours(world.here)
    _groups(world.here, world.by)
    answer = exported(world, "delegations.partygroup", "json")
    rows = {row["name"]: row for row in json.loads(answer)}
    assert rows["Rivers"]["parties"] == "Freedonia; Sylvania; Sylvania, Republic of"
    # Edited, a renamed row is known by its public id; a party by its name, however that is separated, or by its id.
    party = world.here.parties.get(name="Freedonia")
    edited = [
        rows["Rivers"] | {"name": "Lakes", "parties": f"sylvania, republic of, {party.public_id}"},
        rows["=Nobody yet"] | {"parties": "Sylvania; Utopia, Lower"},
        {"name": "Coasts", "parties": "Sylvania؛ Freedonia"},
    ]
    table = kept(world.here, "delegations.partygroup", json.dumps(edited), world.by)
    report = services.report_of(table)
    assert report is not None
    told = [(line.outcome, line.fields) for line in report.lines]
    assert told == [("changed", ["name", "delegations"]), ("refused", []), ("new", [])]
    said = "Delegations: This summit has no “Utopia”, or has two. Add it first, or use its public ID."
    assert refused(report) == [[said]]
    services.apply(file=table, by=world.by)
    stored = {group.name: {each.name for each in group.parties.all()} for group in PartyGroup.objects.all()}
    assert stored == {
        "=Nobody yet": set(),
        "Coasts": {"Freedonia", "Sylvania"},
        "Lakes": {"Freedonia", "Sylvania, Republic of"},
    }
    # A missing column leaves the parties, an empty cell takes them out.
    for text, left in (("name\nCoasts\n", 2), ("name,parties\nCoasts,\n", 0)):
        services.apply(file=kept(world.here, "delegations.partygroup", text, world.by), by=world.by)
        assert PartyGroup.objects.get(name="Coasts").parties.count() == left


@pytest.mark.once
def test_roles_come_by_mailbox_and_their_owners_are_written_to_once(world: World) -> None:
    text = "email,role,name\nNew@example.org,protocol,Ann\nnew@example.org,Protocol,\nx@example.org,focal_point,\n"
    before = Message.objects.count()
    table = kept(world.there, "summit.roleassignment", text, world.by)
    # Looking writes to nobody.
    assert (Message.objects.count(), User.objects.filter(email="new@example.org").exists()) == (before, False)
    report = services.apply(file=table, by=world.by)
    assert [line.outcome for line in report.lines] == ["new", "refused", "refused"]
    assert Message.objects.count() == before + 1
    both = "email,role\nann@example.org,protocol\nann@example.org,viewer\n"
    services.apply(file=kept(world.there, "summit.roleassignment", both, world.by), by=world.by)
    waits = Message.objects.filter(address="ann@example.org").order_by("version")
    assert [KINDS["welcome"].withdrawn([each]) != {} for each in waits] == [True, False]
    assert waits[1].facts["roles"] == ["protocol", "viewer"]
    held = User.objects.get(email="new@example.org").roles.get()
    assert (held.summit, held.role, held.user.name) == (world.there, Role.PROTOCOL, "Ann")


@pytest.mark.slow("looks at all tables five times")
def test_a_table_that_is_right_in_part_is_undone_as_a_whole(world: World) -> None:
    house = f.VenueFactory(summit=world.here, name="House")
    f.VenueFactory(summit=world.here, name="Park")
    f.RoomFactory(venue=house, name="Blue", capacity=10)
    rows = ["House,Blue,40", "House,blue,", "Park,Blue,", "Park,Green,many", "Park,Red,-1", "Nowhere,Blue,40"]
    content = "\n".join(["venue,name,seats", *rows]).encode()
    done = check(summit=world.here, kind="summit.room", filename="x.csv", content=content, by=world.by)
    assert [line.outcome for line in done.lines] == ["changed", "refused", "new", *["refused"] * 3]


def taken(world: World, label: str, table: list[dict[str, Any]]) -> ImportReport:
    return services.apply(file=kept(world.here, label, json.dumps(table), world.by), by=world.by)


@pytest.mark.once
def test_a_name_that_a_row_has_just_given_up_is_free_at_once(world: World) -> None:
    old = f.TopicFactory(summit=world.here, name="Oceans")
    table = [{"public_id": old.public_id, "name": "Seas"}, {"public_id": "", "name": "Oceans"}]
    assert [line.outcome for line in taken(world, "press.topic", table).lines] == ["changed", "new"]
    assert taken(world, "press.topic", table).writes == 0
    table.append({"public_id": "", "name": "Seas"})
    assert refused(taken(world, "press.topic", table)) == [["Row 1 is about the same entry. Remove one of them."]]


@pytest.mark.slow("imports many tables of each list")
@pytest.mark.parametrize("label", sorted(TRIPS))
@given(data=st.data())
@settings(few_examples, max_examples=8)
def test_any_table_twice_changes_nothing(data: st.DataObject, label: str, world: World) -> None:
    with rolled_back():
        Category.objects.of(world.here)
        TRIPS[label].needs(world.here)
        TRIPS[label].make(world.here, world.by)
        rows = json.loads(exported(world, label, "json"))
        cells = {name: st.sampled_from([row[name] for row in rows] + [None]) for name in rows[0] if name != "id"}
        cells[row_numbers.heading(row_numbers.NUMBER)] = st.sampled_from([row["id"] for row in rows] + [None, None])
        table = data.draw(st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=4))
        taken(world, label, table)
        second = taken(world, label, table)
        assert second.writes == 0, [(line.outcome, line.notes, line.changes) for line in second.lines]
