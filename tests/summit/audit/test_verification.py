"""`manage.py verify_audit`: whoever changes, takes out, puts in or cuts off entries is found, the first one named."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from summit.audit import services as audit
from summit.audit import verification
from summit.audit.models import AuditChain, AuditEntry
from summit.summits.models import Summit
from tests.factories import SummitFactory
from tests.module_fixtures import once_a_module
from tests.triggers import without_trigger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chained")]
FROZEN = ("summit_auditentry", "summit_auditentry_frozen")
KEPT = ("summit_auditentry", "summit_auditentry_kept")


@once_a_module
def chained() -> Summit:
    """Seven entries, chained, looked at in slices of three."""
    summit: Summit = SummitFactory()
    record(summit, 7)
    audit.chain()
    return summit


def record(summit: Summit, number: int) -> None:
    with transaction.atomic():
        for index in range(number):
            audit.record(by=audit.SYSTEM, action=f"test.{index}", target=summit, summit=summit)


def verify(*args: str) -> tuple[int, str]:
    """The exit code and what was said."""
    out = StringIO()
    try:
        call_command("verify_audit", *args, stdout=out, stderr=StringIO())
    except CommandError as problem:
        return problem.returncode, str(problem)
    return 0, out.getvalue()


def row(position: int) -> AuditEntry:
    return AuditEntry.objects.get(position=position)


def change(*positions: int, **values: Any) -> None:
    with without_trigger(*FROZEN):
        AuditEntry.objects.filter(position__in=positions).update(**values)


def take_out(position: int) -> None:
    with without_trigger(*KEPT):
        AuditEntry.objects.filter(position=position).delete()


def head() -> str:
    return AuditChain.objects.get().head


def broken(position: int, what: str, *, named: bool = False) -> tuple[int, str]:
    """Return what is said of the entry at a position; `named` with its row and its moment."""
    where = f" (row {row(position).pk}, recorded {row(position).at:%Y-%m-%d %H:%M:%S} UTC)" if named else ""
    return 1, f"Entry {position}{where} {what}"


CHANGED = "was changed: its content no longer matches its digest."
FOLLOWS = "does not follow from the previous entry. One of them was changed, replaced or inserted."
MISSING = "is missing. It was in the chain before."


def test_a_whole_and_an_empty_chain() -> None:
    assert verify() == (0, f"7 entries verified.\nEnd of the chain: {head()}:7\n")
    rebuild(0)
    assert verify() == (0, "0 entries verified.\n")


# The first, the last and those at the edge of a slice; each column.
CHANGES: dict[str, tuple[int, Any]] = {
    "action": (1, "other"),
    "by_label": (7, "link:other"),
    "object_type": (3, "other"),
    "object_key": (4, "other"),
    "fields": (6, ["other"]),
    "detail": (3, {"n": 2}),
    "part_of": (4, "summit.summit:other"),
    "at": (7, "2020-01-01T00:00:00Z"),
    "digest": (4, "0" * 64),
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_entry(column: str) -> None:
    position, value = CHANGES[column]
    change(position, **{column: value})
    assert verify() == broken(position, CHANGED, named=True)


def test_of_several_the_first_is_named_also_if_it_was_made_anew_with_its_digest() -> None:
    """Whoever computes the digest of what they changed is betrayed by the next entry."""
    change(7, 6, action="other")
    assert verify() == broken(6, CHANGED, named=True)
    found = row(4)
    found.action = "other"
    change(4, action="other", digest=audit.digest(found, found.previous))
    assert verify() == broken(5, FOLLOWS, named=True)
    change(2, action="other")
    assert verify() == broken(2, CHANGED, named=True)


def test_an_entry_taken_out() -> None:
    for position in (7, 4, 3, 1):
        take_out(position)
        assert verify() == broken(position, MISSING)


def test_an_entry_taken_out_and_the_others_moved_up() -> None:
    take_out(3)
    for position in (4, 5, 6, 7):
        AuditEntry.objects.filter(position=position).update(position=position - 1)
    AuditChain.objects.update(length=6)
    assert verify() == broken(3, FOLLOWS, named=True)


def test_an_end_set_back_or_exchanged() -> None:
    end = AuditChain.objects.values("length", "head").get()
    for changed, position in (({"length": 5, "head": row(5).digest}, 6), ({"head": "1" * 64}, 7)):
        AuditChain.objects.update(**{**end, **changed})
        said = f"The chain does not end as recorded, at entry {position}. Entries were removed or added."
        assert verify() == (1, said)


def test_an_entry_kept_from_the_chain(chained: Summit) -> None:
    record(chained, 1)
    assert verify()[0] == 0
    found = AuditEntry.objects.get(position=None)
    with without_trigger(*FROZEN):
        AuditEntry.objects.filter(pk=found.pk).update(at=timezone.now() - timedelta(seconds=61))
    code, said = verify()
    assert (code, said.startswith(f"The entry in row {found.pk}, recorded ")) == (1, True)
    assert "was never added to the chain" in said


def rebuild(length: int) -> None:
    """Make the chain anew, with what is there, up to a length."""
    previous = ""
    with without_trigger(*KEPT):
        AuditEntry.objects.filter(position__gt=length).delete()
    for found in AuditEntry.objects.order_by("position"):
        found.previous, found.digest = previous, audit.digest(found, previous)
        previous = found.digest
        AuditEntry.objects.filter(pk=found.pk).update(previous=found.previous, digest=found.digest)
    AuditChain.objects.update(length=length, head=previous)


class TestNotedElsewhere:
    def test_it_still_holds_when_the_chain_has_grown(self, chained: Summit) -> None:
        noted = f"{head()}:7"
        record(chained, 2)
        audit.chain()
        assert verify("--expect", noted) == (0, f"9 entries verified.\nEnd of the chain: {head()}:9\n")

    def test_a_chain_made_anew_or_cut_short_betrays_itself_by_it_alone(self) -> None:
        noted = f"{head()}:7"
        change(2, action="other")
        rebuild(7)
        assert verify()[0] == 0
        code, said = verify("--expect", noted)
        assert (code, said.startswith("Entry 7 (row ")) == (1, True)
        assert "has a different digest from the one noted elsewhere" in said
        rebuild(5)
        assert verify()[0] == 0
        assert verify("--expect", noted) == broken(6, MISSING)

    def test_what_is_no_mark_is_refused(self) -> None:
        for given in ("7", "abc:7", "0" * 64, f"{'0' * 64}:0", f"{'0' * 64}:x"):
            code, said = verify("--expect", given)
            assert (code, "DIGEST:LENGTH" in said) == (2, True), given


def test_from_an_entry_on_what_comes_before_is_taken_as_it_is() -> None:
    for start in ("0", "-1", "9"):
        assert verify(f"--from={start}") == (2, "The chain has 7 entries.")
    change(2, action="other")
    assert verify("--from", "3") == (0, f"5 entries verified.\nEnd of the chain: {head()}:7\n")
    assert verify("--from", "2") == broken(2, CHANGED, named=True)
    # Which must be there.
    take_out(2)
    assert verify("--from", "3") == broken(2, MISSING)


def test_slices_and_queries(django_assert_num_queries: Any) -> None:
    reached, steps = verification.begin(), []
    while reached.position < 7:
        with django_assert_num_queries(1):
            reached = verification.advance(reached, 7, limit=3)
        steps.append(reached.position)
    assert steps == [3, 6, 7]
    assert verification.finish(reached, verification.end()) is None
    assert set(verification.PROBLEMS) == {"digest", "previous", "missing", "end", "noted", "unchained"}
