"""Many rows stored at once: the same as `bulk_create` would, and as few statements."""

import gc
from dataclasses import replace
from datetime import date
from typing import Any, TypedDict

import pytest
from django.db import IntegrityError, connection

from delegations.members.models.particulars import Particulars
from summit.audit import services as audit
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM
from summit.core import bulk_insert
from summit.outbox import enqueue
from summit.outbox.messages import SYSTEM_MAIL
from summit.outbox.models import Message
from summit.people.models import Person
from tests import factories as f
from tests.delegations.helpers import queries

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
    assert [(row.detail, row.fields, row.at is not None) for row in found] == [
        ({"n": 0}, [], True),
        ({"n": 1}, [], True),
    ]
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


def test_nothing_and_what_the_database_refuses() -> None:
    bulk_insert.insert([])
    rows = people(2)
    rows[1].public_id = rows[0].public_id
    with pytest.raises(IntegrityError):
        bulk_insert.insert(rows)


class Facts(TypedDict):
    quotes: str
    words: str
    list: list[Any]
    n: int


def test_only_what_is_new_is_stored_and_counted(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    summit = f.SummitFactory()
    facts = {"quotes": '"it\\\'s" 100%', "words": "préséance \u202b", "list": [None, {"n": 1}]}

    def rows(first: int, number: int) -> list[Message]:
        values: dict[str, Any] = {
            "summit": summit,
            "kind": replace(SYSTEM_MAIL, facts=Facts),
            "recipient_key": "people",
            "language": "en",
        }
        return [
            enqueue.draft(subject_key=f"test:{n}", address=f"{n}@land.example", facts=facts | {"n": n}, **values)
            for n in range(first, first + number)
        ]

    with django_assert_num_queries(1):
        assert bulk_insert.insert_new(rows(0, 3)) == 3
    monkeypatch.setattr(bulk_insert, "MOST_ROWS", 2)
    # Two are there already; nothing at all costs nothing.
    assert bulk_insert.insert_new(rows(1, 5)) == 3
    assert bulk_insert.insert_new([]) == 0
    found = Message.objects.order_by("pk")
    assert [row.facts for row in found] == [facts | {"n": n} for n in range(6)]
    assert {(row.summit, row.state, row.rendered, row.attempts) for row in found} == {(summit, "pending", None, 0)}
    assert all(row.created_at and row.next_attempt_at for row in found)


def test_the_collector_rests_and_goes_on() -> None:
    with bulk_insert.uncollected():
        assert not gc.isenabled()
        with bulk_insert.uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
