"""Every list that a table fills goes out as a file and comes in again: here it changes nothing, elsewhere it makes
the same rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.utils import timezone

from delegations.domain import quotas
from delegations.models import Category, DeclarationKind, OverpassRule, Quota, Retention, Zone
from press.models import Topic
from sessions.models import OwnKind
from summit.models import GivenTable, Role, RoleAssignment, Summit, User
from summit.outbox.kinds import KINDS
from summit.outbox.models import Message
from summit.tables.domain import given
from summit.tables.incoming import INTAKES
from tests.factories import (
    CategoryFactory,
    DeclarationKindFactory,
    OverpassRuleFactory,
    OwnKindFactory,
    PartyFactory,
    SummitFactory,
    TopicFactory,
    UserFactory,
    ZoneFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@dataclass(frozen=True)
class Trip:
    """A list: what its rows need in either summit, how some are made in the one, and what is equal then."""

    needs: Callable[[Summit], object]
    make: Callable[[Summit, User], object]
    rows: Callable[[Summit], list[Any]]


def _minute() -> datetime:
    return timezone.now().replace(second=0, microsecond=0)


def _zones(summit: Summit) -> None:
    for code in ("red", "blue"):
        ZoneFactory(summit=summit, code=code, name=code.title())


def _parties(summit: Summit) -> None:
    Category.objects.of(summit)
    for name in ("Freedonia", "Sylvania"):
        PartyFactory(summit=summit, name=name)


def _categories(summit: Summit, by: User) -> None:
    row = CategoryFactory(summit=summit, code="x1", names={"fr": "Envoyés", "ar": "مبعوثون"}, quota=3)
    row.zones.set(Zone.objects.filter(summit=summit))
    CategoryFactory(summit=summit, code="x2", name_by=_minute())


def _rules(summit: Summit, by: User) -> None:
    row = OverpassRuleFactory(summit=summit, name="+Pool", passes=2, people=7, most=9)
    row.zones.set(Zone.objects.filter(summit=summit))
    OverpassRuleFactory(summit=summit, name="Bare")


def _numbers(summit: Summit, by: User) -> None:
    [first, second] = summit.parties.order_by("name")
    category = Category.objects.of(summit)["delegate"]
    for party, of, number in ((first, category, 7), (first, None, 40), (second, category, 3)):
        quotas.set_quota(party=party, category=of, number=number, reason=f"Hosts, as {number} years ago", by=by)


def _zones_of(row: Any) -> list[str]:
    return sorted(zone.code for zone in row.zones.all())


TRIPS = {
    "delegations.zone": Trip(
        lambda summit: None,
        lambda summit, by: _zones(summit),
        lambda summit: list(Zone.objects.filter(summit=summit).order_by("code").values_list("code", "name")),
    ),
    "delegations.category": Trip(
        _zones,
        _categories,
        lambda summit: [
            (row.code, row.capacity, row.names, row.quota, row.counts, row.name_by, _zones_of(row))
            for row in Category.objects.filter(summit=summit, code__startswith="x").order_by("code")
        ],
    ),
    "delegations.overpassrule": Trip(
        _zones,
        _rules,
        lambda summit: [
            (row.name, row.passes, row.people, row.most, _zones_of(row))
            for row in OverpassRule.objects.filter(summit=summit).order_by("name")
        ],
    ),
    "delegations.declarationkind": Trip(
        lambda summit: None,
        lambda summit, by: [
            DeclarationKindFactory(summit=summit, name="Weapons", names={"fr": "Armes"}, position=2),
            DeclarationKindFactory(summit=summit, name="Radios", permit=False, until=_minute(), position=1),
        ],
        lambda summit: list(
            DeclarationKind.objects.filter(summit=summit).values_list(
                "name", "names", "asks", "permit", "until", "position"
            )
        ),
    ),
    "delegations.quota": Trip(
        _parties,
        _numbers,
        lambda summit: list(
            Quota.objects.filter(party__summit=summit)
            .order_by("number")
            .values_list("party__name", "category__code", "number", "reason")
        ),
    ),
    "delegations.retention": Trip(
        _parties,
        lambda summit, by: [
            Retention.objects.create(summit=summit, what="passport", days=5),
            Retention.objects.create(
                summit=summit, what="passport", category=Category.objects.of(summit)["media"], days=None
            ),
        ],
        lambda summit: list(
            Retention.objects.filter(summit=summit).order_by("days").values_list("what", "category__code", "days")
        ),
    ),
    "programme.ownkind": Trip(
        lambda summit: None,
        lambda summit, by: OwnKindFactory(summit=summit, name="Stroll", names={"fr": "Balade"}, like="walk_through"),
        lambda summit: list(OwnKind.objects.filter(summit=summit).values_list("name", "names", "like")),
    ),
    "press.topic": Trip(
        lambda summit: None,
        lambda summit, by: TopicFactory(summit=summit, name="Oceans", names={"fr": "Océans", "ar": "المحيطات"}),
        lambda summit: list(Topic.objects.filter(summit=summit).values_list("name", "names")),
    ),
    "summit.roleassignment": Trip(
        lambda summit: None,
        lambda summit, by: UserFactory.with_role(Role.PROTOCOL, summit),
        lambda summit: sorted(RoleAssignment.objects.filter(summit=summit).values_list("user__email", "role")),
    ),
}


@dataclass(frozen=True)
class World:
    """Two summits of one organiser; the first has rows of every list."""

    here: Summit
    there: Summit
    by: User
    client: Client


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Make the world once for this module's tests, in a transaction that is rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        here, there = SummitFactory(slug="a"), SummitFactory(slug="b")
        by = UserFactory.with_role(Role.ORGANISER, here)
        for summit, role in ((there, Role.ORGANISER), (there, Role.PRESS_OFFICER), (here, Role.PRESS_OFFICER)):
            summit.roles.create(user=by, role=role)
        by = User.objects.get(pk=by.pk)
        for need in dict.fromkeys(trip.needs for trip in TRIPS.values()):
            need(there)
            if need is not _zones:
                need(here)
        for trip in TRIPS.values():
            trip.make(here, by)
        client = Client()
        client.force_login(by)
        yield World(here, there, by, client)
        transaction.set_rollback(True)


def exported(world: World, label: str, ending: str, language: str = "en") -> bytes:
    asked = f"lang={language}&{INTAKES[label].resource.summit_path}__id__exact={world.here.pk}"
    answer: Any = world.client.post(f"/admin/{label.replace('.', '/')}/table/?{asked}", {"ending": ending})
    return b"".join(answer.streaming_content)


def kept(summit: Summit, label: str, content: bytes | str, by: User) -> GivenTable:
    found = content if isinstance(content, bytes) else content.encode()
    return given.store(summit=summit, label=label, filename="t", content=found, by=by)


def refused(report: Any) -> list[list[str]]:
    return [line.notes for line in report.lines if line.outcome == "refused"]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("label", sorted(TRIPS))
def test_what_goes_out_comes_in(world: World, label: str, ending: str) -> None:
    content = exported(world, label, ending, "ar" if ending == "csv" else "en")
    trip, same = TRIPS[label], given.report_of(kept(world.here, label, content, world.by))
    assert same is not None
    assert (refused(same), same.unknown, same.twice) == ([], [], [])
    assert {line.outcome for line in same.lines} == {"same"}
    taken = given.take(given=kept(world.there, label, content, world.by), by=world.by)
    assert refused(taken) == []
    assert trip.rows(world.here) == trip.rows(world.there) != []
    assert given.report_of(kept(world.there, label, content, world.by)).writes == 0  # type: ignore[union-attr]


def test_every_list_that_a_table_fills_is_tried() -> None:
    assert set(INTAKES) - set(TRIPS) == {"summit.venue", "summit.room"}


def test_names_in_one_language_are_taken_out_by_an_empty_cell(world: World) -> None:
    table = kept(world.here, "press.topic", "name,names_fr\nOceans,\n", world.by)
    assert given.take(given=table, by=world.by).writes == 1
    assert Topic.objects.get(summit=world.here).names == {"ar": "المحيطات"}


def test_a_zone_that_is_not_there_is_named(world: World) -> None:
    table = given.report_of(kept(world.there, "delegations.category", "code,zones\nhead,red; green\n", world.by))
    said = "This summit has no “green”. Enter it first, or write another."
    assert refused(table) == [[f"Zones: {said}"]]


def test_what_a_cell_cant_hold_is_said_in_words_of_tables(world: World) -> None:
    text = (
        "code,capacity,quota,counts,name_by,zones\n"
        "a b,king,-1,perhaps,tomorrow,\n"
        "x3,delegate,many,oui,2026-03-31 9:30,Red\n"
        "x4,delegate,3,OUI,2026-03-31 9:30,Red\n"
    )
    report = given.report_of(kept(world.there, "delegations.category", text, world.by))
    assert report is not None
    [first, second] = refused(report)
    assert [each for each in first if "Capacity" not in each] == [
        "Short code: Write Latin letters, digits, “-” and “_” alone.",
        "Quota: Write 0 or more.",
        "Counts toward the total: Write “yes” or “no”.",
        "To be named by: Write a moment at the venue, such as 2025-03-31 14:30.",
    ]
    assert next(each for each in first if "Capacity" in each).startswith(
        "Capacity: Write one of: head of delegation,"
    )
    assert second == ["Quota: Write a whole number."]
    assert [line.outcome for line in report.lines] == ["refused", "refused", "new"]


def test_roles_come_by_mailbox_and_their_owners_are_written_to_once(world: World) -> None:
    text = "email,role,name\nNew@example.org,protocol,Ann\nnew@example.org,Protocol,\nx@example.org,focal_point,\n"
    before = Message.objects.count()
    table = kept(world.there, "summit.roleassignment", text, world.by)
    # Looking writes to nobody.
    assert (Message.objects.count(), User.objects.filter(email="new@example.org").exists()) == (before, False)
    report = given.take(given=table, by=world.by)
    assert [line.outcome for line in report.lines] == ["new", "refused", "refused"]
    assert Message.objects.count() == before + 1
    both = "email,role\nann@example.org,protocol\nann@example.org,viewer\n"
    given.take(given=kept(world.there, "summit.roleassignment", both, world.by), by=world.by)
    waits = Message.objects.filter(address="ann@example.org").order_by("version")
    assert [KINDS["welcome"].withdrawn([each]) != {} for each in waits] == [True, False]
    assert waits[1].facts["roles"] == ["protocol", "viewer"]
    held = User.objects.get(email="new@example.org").roles.get()
    assert (held.summit, held.role, held.user.name) == (world.there, Role.PROTOCOL, "Ann")


@pytest.mark.parametrize("label", ["summit.roleassignment", "delegations.quota"])
def test_whoever_gives_no_roles_and_numbers_fills_none(world: World, label: str) -> None:
    by = UserFactory.with_role(Role.PROGRAMME, world.here)
    with pytest.raises(PermissionDenied):
        kept(world.here, label, "email,role\na@example.org,protocol\n", by)
