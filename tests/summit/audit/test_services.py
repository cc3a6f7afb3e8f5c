"""The audit: appended inside the transaction, never changed, chained afterwards."""

from contextlib import nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from summit.audit import services as audit
from summit.audit.models import AuditChain, AuditEntry
from summit.tasks import chain_audit
from tests.factories import RoomFactory, SummitFactory, UserFactory
from tests.threads import at_once, meet_after
from tests.triggers import without_trigger

pytestmark = pytest.mark.django_db


def record(number: int = 1) -> list[AuditEntry]:
    summit = SummitFactory()
    with transaction.atomic():
        return [
            audit.record(by=audit.SYSTEM, action=f"test.{index}", target=summit, summit=summit)
            for index in range(number)
        ]


# --- recording ------------------------------------------------------------------------------------------------------
def test_what_is_recorded() -> None:
    user, room = UserFactory(), RoomFactory()
    summit = room.venue.summit
    given: dict[str, Any] = {"action": "room.change", "fields": ["name", "capacity"], "detail": {"n": 1}}
    row = audit.record(by=user, target=room, summit=summit, **given)
    row.refresh_from_db()
    assert (row.by, row.by_label, row.action, row.summit) == (user, "", "room.change", summit)
    assert (row.object_type, row.object_key) == ("summit.room", room.public_id)
    assert (row.fields, row.detail, row.position, row.digest) == (["capacity", "name"], {"n": 1}, None, "")
    assert str(row) == f"room.change summit.room {room.public_id}"
    # The moment is the database's.
    assert AuditEntry.objects.filter(pk=row.pk, at__lte=Now()).exists()
    # Who acts without an account.
    for by, label in ((audit.SYSTEM, "system"), (audit.Link("k3k3k3k3k3k3k3k3"), "link:k3k3k3k3k3k3k3k3")):
        row = audit.record(by=by, action="x", target=SummitFactory(), summit=None)
        assert (row.by, row.by_label, row.summit) == (None, label, None)
    # A row without a public id is known by its key.
    assert audit.key_of(AuditChain.objects.get()) == "1"


@pytest.mark.django_db(transaction=True)
def test_a_record_belongs_into_a_transaction_and_goes_with_it() -> None:
    values: dict[str, Any] = {"by": audit.SYSTEM, "action": "x", "target": SummitFactory(), "summit": None}
    for record_one in (lambda: audit.record(**values), lambda: audit.record_many([audit.entry(**values)])):
        with pytest.raises(RuntimeError, match="transaction"):
            record_one()
    with transaction.atomic():
        audit.record(**values)
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == 0


def test_many_cost_one_query(django_assert_num_queries: Any) -> None:
    summit = SummitFactory()
    rows = [audit.entry(by=audit.SYSTEM, action="x", target=summit, summit=summit) for _ in range(5)]
    with django_assert_num_queries(1):
        audit.record_many(rows)
    # A number of rows is no list of them.
    with pytest.raises(TypeError, match="has another key"):
        audit.record(by=audit.SYSTEM, action="a", target=summit, summit=summit, detail={"rows": 3})
    assert AuditEntry.objects.count() == 5


# --- frozen ---------------------------------------------------------------------------------------------------------
CHANGES: dict[str, Any] = {
    **{"at": "2020-01-01T00:00:00Z", "by_label": "link:other", "fields": ["other"], "detail": {"other": 1}},
    **dict.fromkeys(("action", "object_type", "object_key"), "other"),
}


def test_an_entry_is_never_changed_nor_deleted_and_control_without_the_triggers() -> None:
    record()
    people = {"by": UserFactory(), "summit": SummitFactory()}
    for values in (*({column: value} for column, value in (CHANGES | people).items()), {"summit": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditEntry.objects.update(**values)
    with without_trigger("summit_auditentry", "summit_auditentry_frozen"):
        assert AuditEntry.objects.update(**CHANGES) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.count() == 1
    with without_trigger("summit_auditentry", "summit_auditentry_kept"):
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.count() == 0


# --- the chain; what breaks it is tried in test_verify_audit --------------------------------------------------------
def test_chained_in_order_and_on_from_where_it_ended() -> None:
    rows = record(3)
    assert [audit.chain(limit=2), audit.chain(limit=2), audit.chain()] == [2, 1, 0]
    rows += record(2)
    chain_audit()
    found = list(AuditEntry.objects.order_by("position"))
    assert [(row.pk, row.position) for row in found] == [(row.pk, at) for at, row in enumerate(rows, 1)]
    previous = ""
    for row in found:
        assert (row.previous, row.digest) == (previous, audit.digest(row, previous))
        previous = row.digest
    assert AuditChain.objects.values_list("length", "head").get() == (5, previous)


def test_queries_do_not_grow_with_the_rows(django_assert_num_queries: Any) -> None:
    for number in (1, 3):
        record(number)
        with django_assert_num_queries(6):
            audit.chain()


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make two chainers wait for each other once they have read: apart only if something keeps them apart."""
    meet_after(monkeypatch, audit, "digest")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_chainers_chain_each_row_once(meet: None) -> None:
    record(3)
    assert sorted(at_once(audit.chain, audit.chain)) == [0, 3]
    assert AuditChain.objects.get().length == 3


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_chain_all(meet: None, monkeypatch: pytest.MonkeyPatch) -> None:
    record(3)
    monkeypatch.setattr(audit.transaction, "atomic", lambda *args, **kwargs: nullcontext())
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)
    monkeypatch.setattr(QuerySet, "bulk_update", lambda self, rows, fields, batch_size: None)
    assert at_once(audit.chain, audit.chain) == [3, 3]
