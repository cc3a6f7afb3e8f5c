"""The audit: appended inside the transaction, never changed, chained afterwards."""

import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from summit.domain import audit
from summit.models import AuditChain, AuditEntry, Summit
from summit.tasks import chain_audit
from tests.factories import RoomFactory, SummitFactory, UserFactory
from tests.triggers import without_trigger


def record(number: int = 1) -> list[AuditEntry]:
    summit = SummitFactory()
    with transaction.atomic():
        return [
            audit.record(by=audit.SYSTEM, action=f"test.{index}", target=summit, summit=summit)
            for index in range(number)
        ]


# --- recording ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_what_is_recorded() -> None:
    user, room = UserFactory(), RoomFactory()
    summit = room.venue.summit
    row = audit.record(
        by=user, action="room.change", target=room, summit=summit, fields=["name", "capacity"], detail={"n": 1}
    )
    row.refresh_from_db()
    assert (row.by, row.by_label, row.action, row.summit) == (user, "", "room.change", summit)
    assert (row.object_type, row.object_key) == ("summit.room", room.public_id)
    assert (row.fields, row.detail, row.position, row.digest) == (["capacity", "name"], {"n": 1}, None, "")
    assert str(row) == f"room.change summit.room {room.public_id}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("by", "label"), [(audit.SYSTEM, "system"), (audit.Link("k3k3k3k3k3k3k3k3"), "link:k3k3k3k3k3k3k3k3")]
)
def test_who_acts_without_an_account(by: audit.By, label: str) -> None:
    summit = SummitFactory()
    row = audit.record(by=by, action="x", target=summit, summit=None)
    assert (row.by, row.by_label, row.summit) == (None, label, None)


@pytest.mark.django_db
def test_a_row_without_public_id_is_known_by_its_key() -> None:
    assert audit.key_of(AuditChain.objects.get()) == "1"


@pytest.mark.django_db(transaction=True)
def test_a_record_belongs_into_a_transaction() -> None:
    summit = SummitFactory()
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record(by=audit.SYSTEM, action="x", target=summit, summit=summit)
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record_many([audit.entry(by=audit.SYSTEM, action="x", target=summit, summit=summit)])
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db
def test_a_number_of_rows_is_no_list_of_them() -> None:
    summit = SummitFactory()
    with transaction.atomic(), pytest.raises(TypeError, match="has another key"):
        audit.record(by=audit.SYSTEM, action="a", target=summit, summit=summit, detail={"rows": 3})
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_record_goes_with_its_deed() -> None:
    def deed() -> None:
        with transaction.atomic():
            audit.record(by=audit.SYSTEM, action="x", target=Summit.objects.get(), summit=None)
            raise LookupError

    SummitFactory()
    with pytest.raises(LookupError):
        deed()
    assert AuditEntry.objects.count() == 0


@pytest.mark.django_db
def test_many_cost_one_query(django_assert_num_queries: Any) -> None:
    summit = SummitFactory()
    rows = [audit.entry(by=audit.SYSTEM, action="x", target=summit, summit=summit) for _ in range(50)]
    with django_assert_num_queries(1):
        audit.record_many(rows)
    assert AuditEntry.objects.count() == 50


# --- frozen ---------------------------------------------------------------------------------------------------------
CHANGES: dict[str, Any] = {
    "at": "2020-01-01T00:00:00Z",
    "by_label": "link:other",
    "action": "other",
    "object_type": "other",
    "object_key": "other",
    "fields": ["other"],
    "detail": {"other": 1},
}


@pytest.mark.django_db
@pytest.mark.parametrize("column", list(CHANGES))
def test_an_entry_is_never_changed(column: str) -> None:
    record()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.update(**{column: CHANGES[column]})


@pytest.mark.django_db
@pytest.mark.parametrize("column", list(CHANGES))
def test_control_without_the_trigger_it_changes(column: str) -> None:
    record()
    with without_trigger("summit_auditentry", "summit_auditentry_frozen"):
        assert AuditEntry.objects.update(**{column: CHANGES[column]}) == 1


@pytest.mark.django_db
def test_actor_and_summit_are_frozen_too() -> None:
    record()
    for values in ({"by": UserFactory()}, {"summit": SummitFactory()}, {"summit": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditEntry.objects.update(**values)


@pytest.mark.django_db
def test_an_entry_is_never_deleted() -> None:
    record()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_control_without_the_trigger_it_is_deleted() -> None:
    record()
    with without_trigger("summit_auditentry", "summit_auditentry_kept"):
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.count() == 0


# --- the chain ------------------------------------------------------------------------------------------------------
def verify() -> bool:
    """Whether every chained row's digest follows from its content and the row before."""
    previous = ""
    for row in AuditEntry.objects.filter(position__isnull=False).order_by("position"):
        if row.previous != previous or row.digest != audit.digest(row, previous):
            return False
        previous = row.digest
    return previous == AuditChain.objects.get().head


@pytest.mark.django_db
def test_chained_in_order() -> None:
    rows = record(5)
    assert audit.chain() == 5
    assert list(AuditEntry.objects.order_by("position").values_list("pk", "position")) == [
        (row.pk, index + 1) for index, row in enumerate(rows)
    ]
    assert AuditChain.objects.values_list("length", "head").get() == (5, AuditEntry.objects.get(position=5).digest)
    assert verify()


@pytest.mark.django_db
def test_chained_on_from_where_it_ended() -> None:
    record(3)
    assert [audit.chain(limit=2), audit.chain(limit=2), audit.chain()] == [2, 1, 0]
    record(2)
    chain_audit()
    assert list(AuditEntry.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert verify()


@pytest.mark.django_db
@pytest.mark.parametrize("column", list(CHANGES))
def test_a_row_that_was_tampered_with_breaks_the_chain(column: str) -> None:
    record(3)
    audit.chain()
    with without_trigger("summit_auditentry", "summit_auditentry_frozen"):
        AuditEntry.objects.filter(position=2).update(**{column: CHANGES[column]})
    assert not verify()


@pytest.mark.django_db
def test_a_row_that_was_taken_out_breaks_the_chain() -> None:
    record(3)
    audit.chain()
    with without_trigger("summit_auditentry", "summit_auditentry_kept"):
        AuditEntry.objects.filter(position=2).delete()
    assert not verify()


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_rows(django_assert_num_queries: Any) -> None:
    for number in (2, 100):
        record(number)
        with django_assert_num_queries(6):
            audit.chain()


def both(work: Callable[[], int]) -> list[int]:
    """Do the same in two threads at once; return what each returned, in order."""
    results: list[int] = []
    start = threading.Barrier(2)

    def run() -> None:
        try:
            start.wait(5)
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(results)


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make two chainers wait for each other once they have read: apart only if something keeps them apart."""
    barrier = threading.Barrier(2)
    digest = audit.digest

    def slow(row: AuditEntry, previous: str) -> str:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(0.7)
        return digest(row, previous)

    monkeypatch.setattr(audit, "digest", slow)


@pytest.mark.django_db(transaction=True)
def test_two_chainers_chain_each_row_once(meet: None) -> None:
    record(3)
    assert both(audit.chain) == [0, 3]
    assert AuditChain.objects.get().length == 3


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_chain_all(meet: None, monkeypatch: pytest.MonkeyPatch) -> None:
    record(3)
    monkeypatch.setattr(audit.transaction, "atomic", lambda *args, **kwargs: nullcontext())
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    monkeypatch.setattr(QuerySet, "bulk_update", lambda self, rows, fields, batch_size: None)
    assert both(audit.chain) == [3, 3]


@pytest.mark.django_db
def test_moments_are_the_databases() -> None:
    (row,) = record()
    assert AuditEntry.objects.filter(pk=row.pk, at__lte=Now()).exists()
