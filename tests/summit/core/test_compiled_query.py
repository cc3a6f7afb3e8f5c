"""A query whose SQL is made once says what the query itself says."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import QuerySet

from summit.core import compiled_query
from summit.core.compiled_query import Prepared
from summit.summits.models import Summit
from tests.factories import SummitFactory
from tests.threads import beside

pytestmark = pytest.mark.django_db


def rows(slug: str, **other: str) -> QuerySet[Summit, tuple[Any, ...]]:
    return Summit.objects.filter(slug=slug, public=True).exclude(name=slug).values_list("pk", "slug")


def test_each_time_the_rows_of_the_string_that_is_asked() -> None:
    first, second = SummitFactory(slug="first"), SummitFactory(slug="second")
    SummitFactory(slug="closed", public=False)
    calls = []

    def build(slug: str) -> QuerySet[Summit, tuple[Any, ...]]:
        calls.append(slug)
        return rows(slug)

    asked = Prepared(build)
    found = {slug: asked.rows(slug=slug) for slug in ("first", "second", "closed", "' OR 1=1 --")}
    assert found == {slug: list(rows(slug)) for slug in found}
    assert found == {
        "first": [(first.pk, "first")],
        "second": [(second.pk, "second")],
        "closed": [],
        "' OR 1=1 --": [],
    }
    assert len(calls) == 1


def test_each_time_the_rows_of_the_number_that_is_asked() -> None:
    first, second = SummitFactory(slug="first"), SummitFactory(slug="second")
    asked = Prepared(lambda key: Summit.objects.filter(pk=key).values_list("slug"))
    found = [asked.rows(key=key) for key in (first.pk, second.pk, 0)]
    assert found == [[("first",)], [("second",)], []]


def test_a_string_that_the_query_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="depends on"):
        Prepared(rows).rows(slug="first", session="any")


@pytest.mark.postgresql
@pytest.mark.parametrize("threshold", [3, None])
def test_postgresql_plans_it_once_where_the_settings_let_it(threshold: int | None) -> None:
    assert settings.DATABASES["default"]["OPTIONS"]["prepare_threshold"] == 3
    summit, asked = SummitFactory(slug="first"), Prepared(rows)
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
        SummitFactory(slug="first")
        asked = Prepared(rows)
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

    def test_control_a_connection_that_is_trusted_is_not_asked(
        self, closed: Prepared, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(compiled_query, "TRUSTED", 3600.0)
        with pytest.raises(OperationalError):
            closed.rows(slug="first")
