"""Rows stored at once, counted in one query, and asked for by a query whose SQL is made once."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection
from django.db.models import QuerySet

from delegations.members.models.particulars import Particulars
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.core import batched_counts, bulk_insert, compiled_query
from summit.core.compiled_query import Prepared
from summit.people.models import Person
from summit.summits.models import Summit, Venue
from tests import factories as f
from tests.delegations.helpers import queries
from tests.threads import beside

pytestmark = pytest.mark.django_db


def people(number: int) -> list[Person]:
    summit = f.SummitFactory()
    return [Person(summit=summit, name=f"Person {n}") for n in range(number)]


def test_rows_get_keys_and_are_what_they_were() -> None:
    rows = people(3)
    bulk_insert.insert(rows)
    found = list(Person.objects.order_by("pk"))
    assert [(row.pk, row.name) for row in found] == [(row.pk, f"Person {n}") for n, row in enumerate(rows)]
    assert [row._state.adding for row in rows] == [False] * 3
    assert all(row.created_at for row in found)
    # Nothing, and what the database refuses.
    bulk_insert.insert([])
    rows = people(2)
    rows[1].public_id = rows[0].public_id
    with pytest.raises(IntegrityError):
        bulk_insert.insert(rows)


def test_what_refers_to_rows_stored_after_it_was_made_and_encrypted_values() -> None:
    rows = people(3)
    days = [date(1970, 1, 2), date(1970, 1, 2), None]
    parts = [Particulars(person=row, birth_date=day) for row, day in zip(rows, days, strict=True)]
    bulk_insert.insert(rows)
    bulk_insert.insert(parts)
    assert [part.birth_date for part in Particulars.objects.order_by("pk")] == days
    with connection.cursor() as cursor:
        cursor.execute("SELECT birth_date FROM delegations_particulars ORDER BY id")
        first, second, third = [bytes(value) for (value,) in cursor.fetchall()]
    # Nobody who reads the database learns who was born on the same day.
    assert first != second
    assert third == b""
    assert parts[0].person is rows[0]


def test_the_database_keeps_its_defaults() -> None:
    party = f.PartyFactory()
    values: dict[str, Any] = {"by": SYSTEM, "action": "x", "target": party, "summit": party.summit}
    entries = [audit.entry(**values, detail={"n": n}) for n in range(2)]
    audit.record_many(entries)
    found = AuditEntry.objects.filter(action="x").order_by("pk")
    rows = [(row.detail, row.fields, row.at is not None) for row in found]
    assert rows == [({"n": number}, [], True) for number in (0, 1)]
    given, left = audit.entry(**values), audit.entry(**values)
    given.at = found[0].at
    with pytest.raises(ValueError, match="at is given for some rows"):
        bulk_insert.insert([given, left])


def test_statements_do_not_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many, some = (people(number) for number in (1, 200, 20))
    assert [queries(lambda rows=rows: bulk_insert.insert(rows)) for rows in (few, many)] == [1, 1]
    monkeypatch.setattr(bulk_insert, "MOST_VALUES", 105)
    monkeypatch.setattr(bulk_insert, "MOST_ROWS", 7)
    assert queries(lambda: bulk_insert.insert(some)) == 3


# --- counted --------------------------------------------------------------------------------------------------------
def test_each_number_is_what_its_query_finds(django_assert_num_queries: Any) -> None:
    summit = f.SummitFactory()
    f.VenueFactory.create_batch(3, summit=summit)
    f.VenueFactory()
    with django_assert_num_queries(1):
        found = batched_counts.counts(
            summits=Summit.objects.all(), venues=Venue.objects.filter(summit=summit), people=Person.objects.all()
        )
    assert found == {"summits": 2, "venues": 3, "people": 0}
    assert batched_counts.counts() == {}


# --- SQL that is made once ------------------------------------------------------------------------------------------
def public(slug: str, **other: str) -> QuerySet[Summit, tuple[Any, ...]]:
    return Summit.objects.filter(slug=slug, public=True).exclude(name=slug).values_list("pk", "slug")


def test_each_time_the_rows_of_the_string_that_is_asked() -> None:
    first, second = f.SummitFactory(slug="first"), f.SummitFactory(slug="second")
    f.SummitFactory(slug="closed", public=False)
    calls = []

    def build(slug: str) -> QuerySet[Summit, tuple[Any, ...]]:
        calls.append(slug)
        return public(slug)

    asked = Prepared(build)
    found = {"first": [(first.pk, "first")], "second": [(second.pk, "second")], "closed": [], "' OR 1=1 --": []}
    assert {slug: asked.rows(slug=slug) for slug in found} == {slug: list(public(slug)) for slug in found} == found
    assert len(calls) == 1
    # And of the number that is asked.
    asked = Prepared(lambda key: Summit.objects.filter(pk=key).values_list("slug"))
    assert [asked.rows(key=key) for key in (first.pk, second.pk, 0)] == [[("first",)], [("second",)], []]
    # A string that the query doesn't have is refused.
    with pytest.raises(ValueError, match="depends on"):
        Prepared(public).rows(slug="first", session="any")


@pytest.mark.postgresql
@pytest.mark.parametrize("threshold", [3, None])
def test_postgresql_plans_it_once_where_the_settings_let_it(threshold: int | None) -> None:
    assert settings.DATABASES["default"]["OPTIONS"]["prepare_threshold"] == 3
    summit, asked = f.SummitFactory(slug="first"), Prepared(public)
    connection.ensure_connection()
    before, connection.connection.prepare_threshold = connection.connection.prepare_threshold, threshold
    try:
        for _time in range(5):
            assert asked.rows(slug="first") == [(summit.pk, "first")]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%summit_summit%'")
            assert (cursor.fetchone()[0] > 0) is (threshold is not None)
    finally:
        connection.connection.prepare_threshold = before


class TestAServerThatRestarted:
    """A connection that the server has closed is opened anew, where it hasn't answered a moment ago."""

    pytestmark: ClassVar = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

    @pytest.fixture
    def closed(self) -> Iterator[Prepared]:
        """Close this thread's connection from the server's side, as a restart does, before the next request."""
        f.SummitFactory(slug="first")
        asked = Prepared(public)
        asked.rows(slug="first")
        process = connection.connection.info.backend_pid
        with beside(lambda: self.terminate(process)) as other:
            pass
        assert other.outcome == (True,)
        connection.health_check_enabled, connection.health_check_done = True, False
        yield asked
        connection.close()

    def terminate(self, process: int) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [process])
            return cursor.fetchone()

    def test_the_page_is_answered(self, closed: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(compiled_query, "TRUSTED", 0.0)
        assert len(closed.rows(slug="first")) == 1

    def test_control_a_trusted_one_is_not_asked(self, closed: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(compiled_query, "TRUSTED", 3600.0)
        with pytest.raises(OperationalError):
            closed.rows(slug="first")
