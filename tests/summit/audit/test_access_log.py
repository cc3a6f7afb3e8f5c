"""Who saw personal data at a desk is recorded, once an hour for each reader and object, and told in the history."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.admin.utils import flatten_fieldsets
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from summit.accounts.last_activity import LastSeenMiddleware
from summit.admin_base.access_log_mixin import AccessLogMixin
from summit.audit import access_log
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.core.personal_data import declaration, logged_fields
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in
from tests.ratchets import broken, hold
from tests.summit.conftest import desk_of
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/summit/person/"


@pytest.fixture
def protocol(summit: Summit) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, summit, name="Paula")


@pytest.fixture
def desk(protocol: User) -> Client:
    return signed_in(protocol)


@pytest.fixture
def person(summit: Summit) -> Person:
    return f.PersonFactory(summit=summit, name="Zoe", email="zoe@land.example")


def entries() -> list[tuple[Any, ...]]:
    rows = AuditEntry.objects.filter(action=access_log.SEEN).order_by("id")
    return list(rows.values_list("by__name", "summit", "object_type", "object_key", "fields", "detail"))


def test_a_persons_page_once_an_hour_for_each(desk: Client, summit: Summit, person: Person, monkeypatch: Any) -> None:
    other = desk_of(summit)
    for client in (desk, other, desk):
        assert client.get(f"{PEOPLE}{person.pk}/change/").status_code == 200
    fields = ["badge_name", "card_name", "email", "form_of_address", "name", "office", "phone", "rank", "user"]
    first, _second = entries()
    assert first == ("Paula", summit.pk, "summit.person", person.public_id, fields, {})
    with without_trigger("summit_auditentry", "summit_auditentry_frozen"):
        AuditEntry.objects.update(at=timezone.now() - timedelta(minutes=61))
    desk.get(f"{PEOPLE}{person.pk}/change/")
    assert len(entries()) == 3
    # The control: without the look back each time is recorded.
    monkeypatch.setattr(access_log, "_recorded_recently", lambda *args, **wanted: False)
    desk.get(f"{PEOPLE}{person.pk}/change/")
    assert len(entries()) == 4


def test_a_list_is_one_entry_with_the_keys_on_it(desk: Client, summit: Summit) -> None:
    # Neither an empty one nor what may not be seen is recorded.
    for address in (PEOPLE, f"{PEOPLE}{f.PersonFactory().pk}/change/"):
        desk.get(address)
    assert entries() == []
    people = [f.PersonFactory(summit=summit, office=f"Minister {index:02}") for index in range(51)]
    for _ in range(2):
        desk.get(f"{PEOPLE}?summit__id__exact={summit.pk}")
    ((who, where, kind, key, fields, detail),) = entries()
    assert (who, where, kind, key[:5]) == ("Paula", summit.pk, "summit.person", "list:")
    assert (fields, detail.pop("filters")) == (["email", "name", "office"], {"summit__id__exact": str(summit.pk)})
    assert detail == {"number": 50, "keys": [person.public_id for person in people[:50]]}


def test_a_list_of_two_summits_is_an_entry_in_each(protocol: User, summit: Summit) -> None:
    elsewhere: Summit = f.SummitFactory()
    protocol.roles.create(summit=elsewhere, role=Role.PROTOCOL)
    found = {where.pk: [f.PersonFactory(summit=where, name="Zoe Zimmer").public_id] for where in (summit, elsewhere)}
    f.PersonFactory(summit=summit)
    signed_in(protocol).get("/admin/search/?q=zimmer&summit=&everywhere=1")
    assert {row[1]: row[5] for row in entries()} == {pk: {"number": 1, "keys": keys} for pk, keys in found.items()}
    # What was searched for is not in it.
    assert "zimmer" not in str(list(AuditEntry.objects.values())).lower()
    rows = [(where.pk, f"row-{where.pk}") for where in (summit, elsewhere)]
    people = (key for key in ("b", "a", "b"))
    access_log.record_list(by=protocol, label="x", rows=rows, fields=["name"], people=people)
    named = AuditEntry.objects.filter(object_type="x").values_list("detail__people", flat=True)
    assert list(named) == [["a", "b"], ["a", "b"]]


def test_a_partys_page_names_the_people_on_it(desk: Client, summit: Summit) -> None:
    party = f.PartyFactory(summit=summit)
    people = [f.MembershipFactory(party=party).person, f.FocalPointFactory(party=party).person]
    desk.get(f"/admin/delegations/party/{party.pk}/change/")
    fields = ["contacts", "focal_points", "memberships", "mission_contact"]
    named = {"people": sorted(person.public_id for person in people)}
    assert entries() == [("Paula", summit.pk, "delegations.party", party.public_id, fields, named)]


def test_it_costs_one_query_and_the_first_time_a_short_transaction(desk: Client, person: Person) -> None:
    found = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            desk.get(f"{PEOPLE}{person.pk}/change/")
        said = [query["sql"] for query in queries]
        found.append([sql.split()[0] for sql in said if "summit_auditentry" in sql or "SAVEPOINT" in sql])
    assert found == [["SELECT", "SAVEPOINT", "INSERT", "RELEASE"], ["SELECT"]]


@pytest.mark.parametrize("path", ["{pk}/change/", "", "table/"])
def test_nobody_is_shown_what_cannot_be_recorded(
    desk: Client, person: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    shown = PEOPLE + path.format(pk=person.pk)
    ask, values = (desk.post, {"ending": "csv"}) if shown.endswith("/table/") else (desk.get, {})
    with monkeypatch.context() as patched:
        patched.setattr(audit, "record_many", _locked)
        answer = ask(shown, values)
        assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
        said = answer.content.decode()
        assert ("Wait a minute, then reload the page." in said, person.name in said) == (True, False)
        assert "who saw personal data can't be recorded (summit.person)" in caplog.text
        # The control: as it was, the page came unrecorded.
        patched.setattr(access_log, "_store", lambda entries: None)
        assert ask(shown, values).status_code == 200
    assert entries() == []
    assert (ask(shown, values).status_code, len(entries())) == (200, 1)


def test_the_api_gives_nobody_what_cannot_be_recorded(desk: Client, person: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(audit, "record_many", _locked)
    answer = desk.get(f"/api/v1/summits/{person.summit.slug}/desk/people/{person.public_id}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert (answer.json()["title"], person.name in answer.content.decode()) == ("Temporarily busy", False)
    # What else the database refuses for now is said so too.
    monkeypatch.setattr(LastSeenMiddleware, "__call__", lambda self, request: _locked())
    desk.raise_request_exception = False
    assert desk.get("/admin/").status_code == 503


def _locked(*_asked: Any) -> None:
    raise OperationalError("database is locked")


def test_every_desk_with_personal_data_says_what_it_shows() -> None:
    # The lists of import files name nobody who stands in them.
    desks = {
        model._meta.label_lower: desk
        for model, desk in site._registry.items()
        if isinstance(desk, AccessLogMixin) and logged_fields(model)
    }
    assert len(desks) > 10
    silent = [desk for desk in desks.values() if not desk.page_shows]
    silent += [desk for label, desk in desks.items() if not desk.list_shows and not label.endswith("importfile")]
    hold(broken("Name the fields of people that it shows in page_shows and list_shows.", silent))


def test_a_desk_names_each_field_of_people_that_it_shows() -> None:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    forgotten: list[str] = []
    for model, desk in site._registry.items():
        if not isinstance(desk, AccessLogMixin):
            continue
        on_page = {*flatten_fieldsets(desk.get_fieldsets(request)), *desk.get_readonly_fields(request)}
        for where, columns, named in (
            ("page_shows", on_page, desk.page_shows),
            ("list_shows", set(map(str, desk.get_list_display(request))), desk.list_shows),
        ):
            # The person of a row is recorded as the one who was seen.
            names = logged_fields(model) & columns - {*named, desk.of_person}
            forgotten += broken(f"Add it to {where}.", [(desk, f"{name} is shown") for name in names])
    hold(forgotten)


def test_what_desks_log_is_declared_as_personal() -> None:
    logged = [
        column
        for model, desk in site._registry.items()
        if isinstance(desk, AccessLogMixin)
        for column in model._meta.concrete_fields
        if column.name in {*desk.page_shows, *desk.list_shows}
    ]
    assert len(logged) > 20
    undeclared = [column for column in logged if declaration(column) is None]
    hold(broken("Declare it with `personal(...)`: a desk logs who saw it.", undeclared))
