"""Who saw personal data at a desk is recorded, once an hour for each reader and object, and told in the history."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.sites import site
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from summit.deeds import PERSONAL
from summit.desk.seen import SeenMixin
from summit.domain import audit, seen
from summit.models import AuditEntry, Person, Role, Summit, User
from tests.factories import (
    FocalPointFactory,
    MembershipFactory,
    MessageFactory,
    PartyFactory,
    PersonFactory,
    SummitFactory,
    UserFactory,
)
from tests.summit.test_deeds import told_on
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/summit/person/"


@pytest.fixture
def summit() -> Summit:
    found: Summit = SummitFactory()
    return found


@pytest.fixture
def protocol(summit: Summit) -> User:
    return UserFactory.with_role(Role.PROTOCOL, summit, name="Paula")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(protocol: User) -> Client:
    return signed_in(protocol)


def entries() -> list[tuple[Any, ...]]:
    rows = AuditEntry.objects.filter(action=seen.SEEN).order_by("id")
    return list(rows.values_list("by__name", "summit", "object_type", "object_key", "fields", "detail"))


def test_a_persons_page(desk: Client, summit: Summit) -> None:
    person = PersonFactory(summit=summit, name="Zoe", email="zoe@land.example")
    for _ in range(3):
        assert desk.get(f"{PEOPLE}{person.pk}/change/").status_code == 200
    fields = ["badge_name", "card_name", "email", "form_of_address", "name", "office", "rank", "user"]
    assert entries() == [("Paula", summit.pk, "summit.person", person.public_id, fields, {})]


def test_once_an_hour_for_each_reader(desk: Client, summit: Summit) -> None:
    person = PersonFactory(summit=summit)
    other = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
    for client in (desk, other, desk, other):
        client.get(f"{PEOPLE}{person.pk}/change/")
    assert len(entries()) == 2
    with without_trigger("summit_auditentry", "summit_auditentry_frozen"):
        AuditEntry.objects.update(at=timezone.now() - timedelta(minutes=61))
    desk.get(f"{PEOPLE}{person.pk}/change/")
    assert len(entries()) == 3


def test_control_without_the_look_back_each_time_is_recorded(
    desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = PersonFactory(summit=summit)
    monkeypatch.setattr(seen, "_noted", lambda *args, **wanted: False)
    for _ in range(3):
        desk.get(f"{PEOPLE}{person.pk}/change/")
    assert len(entries()) == 3


def test_a_list_is_one_entry_with_the_keys_on_it(desk: Client, summit: Summit) -> None:
    people = [PersonFactory(summit=summit, office=f"Minister {index:02}") for index in range(60)]
    for _ in range(2):
        desk.get(f"{PEOPLE}?summit__id__exact={summit.pk}")
    ((who, where, kind, key, fields, detail),) = entries()
    assert (who, where, kind, key[:5], fields) == (
        "Paula",
        summit.pk,
        "summit.person",
        "list:",
        ["email", "name", "office"],
    )
    assert detail == {
        "number": 50,
        "keys": [person.public_id for person in people[:50]],
        "filters": {"summit__id__exact": str(summit.pk)},
    }


def test_what_was_searched_for_is_not_kept(desk: Client, summit: Summit) -> None:
    person = PersonFactory(summit=summit, name="Zoe Zimmer")
    PersonFactory(summit=summit)
    desk.get(f"{PEOPLE}?q=zimmer")
    assert entries()[0][5] == {"number": 1, "keys": [person.public_id]}
    assert "zimmer" not in str(list(AuditEntry.objects.values())).lower()


def test_a_list_of_two_summits_is_an_entry_in_each(protocol: User, summit: Summit) -> None:
    elsewhere: Summit = SummitFactory()
    protocol.roles.create(summit=elsewhere, role=Role.PROTOCOL)
    for where in (summit, elsewhere):
        PersonFactory(summit=where)
    signed_in(protocol).get(PEOPLE)
    assert sorted((row[1], row[5]["number"]) for row in entries()) == sorted([(summit.pk, 1), (elsewhere.pk, 1)])


def test_an_empty_list_is_none(desk: Client) -> None:
    desk.get(PEOPLE)
    assert entries() == []


def test_what_may_not_be_seen_is_not_recorded(desk: Client) -> None:
    desk.get(f"{PEOPLE}{PersonFactory().pk}/change/")
    assert entries() == []


def test_a_partys_page_names_the_people_on_it(desk: Client, summit: Summit) -> None:
    party = PartyFactory(summit=summit)
    people = [MembershipFactory(party=party).person, FocalPointFactory(party=party).person]
    desk.get(f"/admin/delegations/party/{party.pk}/change/")
    assert entries() == [
        (
            "Paula",
            summit.pk,
            "delegations.party",
            party.public_id,
            ["focal_points", "memberships", "mission_contact"],
            {"people": sorted(person.public_id for person in people)},
        )
    ]


def test_messages_in_list_and_on_their_page(desk: Client, summit: Summit) -> None:
    message = MessageFactory(summit=summit)
    desk.get("/admin/outbox/message/")
    desk.get(f"/admin/outbox/message/{message.pk}/change/")
    assert [(row[2], row[3][:5], row[4]) for row in entries()] == [
        ("outbox.message", "list:", ["address"]),
        ("outbox.message", message.public_id[:5], ["address"]),
    ]


def test_a_persons_history_tells_who_saw_them_where(desk: Client, summit: Summit) -> None:
    person: Person = MembershipFactory(party=PartyFactory(summit=summit)).person
    other: Person = PersonFactory(summit=summit)
    desk.get(PEOPLE)
    desk.get(f"/admin/delegations/party/{person.membership.party_id}/change/")
    desk.get(f"{PEOPLE}{person.pk}/change/")
    organiser = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
    assert told_on(organiser, person, "?show=seen") == [
        "saw personal data",
        "saw personal data",
        "saw a list with personal data, 2 rows",
    ]
    assert told_on(organiser, other, "?show=seen") == ["saw a list with personal data, 2 rows"]
    assert told_on(organiser, person) == []
    page = organiser.get(f"{PEOPLE}{other.pk}/history/?show=seen").content.decode()
    assert '<bdi class="who" lang="">Paula</bdi> saw a list' in page
    assert "E-mail" in page


def test_it_costs_one_query_and_the_first_time_a_short_transaction(desk: Client, summit: Summit) -> None:
    person = PersonFactory(summit=summit)
    found = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            desk.get(f"{PEOPLE}{person.pk}/change/")
        about = [
            query["sql"] for query in queries if "summit_auditentry" in query["sql"] or "SAVEPOINT" in query["sql"]
        ]
        found.append([sql.split()[0] for sql in about])
    assert found == [["SELECT", "SAVEPOINT", "INSERT", "RELEASE"], ["SELECT"]]


def test_where_the_database_takes_no_writes_the_page_is_shown(
    desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(rows: Any) -> None:
        raise DatabaseError("read only")

    monkeypatch.setattr(audit, "record_many", refuse)
    assert desk.get(f"{PEOPLE}{PersonFactory(summit=summit).pk}/change/").status_code == 200
    assert entries() == []
    assert "who saw personal data was not recorded (summit.person)" in caplog.text


def test_every_desk_with_personal_data_says_what_it_shows() -> None:
    # The lists of uploaded tables and schedules name nobody who stands in them.
    named_on_the_page_alone = {"delegations.sheet", "programme.schedulefile"}
    silent = {
        model._meta.label_lower
        for model, desk in site._registry.items()
        if model._meta.label_lower in PERSONAL
        and isinstance(desk, SeenMixin)
        and not (desk.page_shows and desk.list_shows)
    }
    assert silent == named_on_the_page_alone
    assert all(site._registry[apps.get_model(label)].page_shows for label in silent)
