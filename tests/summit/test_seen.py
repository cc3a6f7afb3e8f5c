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
from tests.summit.conftest import signed_in
from tests.summit.test_deeds import told_on
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/summit/person/"


@pytest.fixture
def protocol(summit: Summit) -> User:
    return UserFactory.with_role(Role.PROTOCOL, summit, name="Paula")


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


def test_once_an_hour_for_each_reader(desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    person = PersonFactory(summit=summit)
    other = signed_in(UserFactory.with_role(Role.ORGANISER, summit))
    for client in (desk, other, desk, other):
        client.get(f"{PEOPLE}{person.pk}/change/")
    assert len(entries()) == 2
    with without_trigger("summit_auditentry", "summit_auditentry_frozen"):
        AuditEntry.objects.update(at=timezone.now() - timedelta(minutes=61))
    desk.get(f"{PEOPLE}{person.pk}/change/")
    assert len(entries()) == 3
    # The control: without the look back each time is recorded.
    monkeypatch.setattr(seen, "_noted", lambda *args, **wanted: False)
    for _ in range(2):
        desk.get(f"{PEOPLE}{person.pk}/change/")
    assert len(entries()) == 5


def test_a_list_is_one_entry_with_the_keys_on_it(desk: Client, summit: Summit) -> None:
    people = [PersonFactory(summit=summit, office=f"Minister {index:02}") for index in range(51)]
    for _ in range(2):
        desk.get(f"{PEOPLE}?summit__id__exact={summit.pk}")
    ((who, where, kind, key, fields, detail),) = entries()
    assert (who, where, kind, key[:5]) == ("Paula", summit.pk, "summit.person", "list:")
    assert fields == ["email", "name", "office"]
    assert detail == {
        "number": 50,
        "keys": [person.public_id for person in people[:50]],
        "filters": {"summit__id__exact": str(summit.pk)},
    }


def test_a_list_of_two_summits_is_an_entry_in_each_without_what_was_searched_for(
    protocol: User, summit: Summit
) -> None:
    elsewhere: Summit = SummitFactory()
    protocol.roles.create(summit=elsewhere, role=Role.PROTOCOL)
    found = {where.pk: [PersonFactory(summit=where, name="Zoe Zimmer").public_id] for where in (summit, elsewhere)}
    PersonFactory(summit=summit)
    signed_in(protocol).get(f"{PEOPLE}?q=zimmer")
    assert {row[1]: row[5] for row in entries()} == {pk: {"number": 1, "keys": keys} for pk, keys in found.items()}
    assert "zimmer" not in str(list(AuditEntry.objects.values())).lower()


def test_an_empty_list_and_what_may_not_be_seen_are_not_recorded(desk: Client) -> None:
    desk.get(PEOPLE)
    desk.get(f"{PEOPLE}{PersonFactory().pk}/change/")
    assert entries() == []


def test_a_partys_page_names_the_people_on_it(desk: Client, summit: Summit) -> None:
    party = PartyFactory(summit=summit)
    people = [MembershipFactory(party=party).person, FocalPointFactory(party=party).person]
    desk.get(f"/admin/delegations/party/{party.pk}/change/")
    fields = ["focal_points", "memberships", "mission_contact"]
    named = {"people": sorted(person.public_id for person in people)}
    assert entries() == [("Paula", summit.pk, "delegations.party", party.public_id, fields, named)]


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
        said = [query["sql"] for query in queries]
        found.append([sql.split()[0] for sql in said if "summit_auditentry" in sql or "SAVEPOINT" in sql])
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
    desks = {model._meta.label_lower: desk for model, desk in site._registry.items() if isinstance(desk, SeenMixin)}
    silent = {
        label for label in PERSONAL if label in desks and not (desks[label].page_shows and desks[label].list_shows)
    }
    assert silent == named_on_the_page_alone
    assert all(site._registry[apps.get_model(label)].page_shows for label in silent)
