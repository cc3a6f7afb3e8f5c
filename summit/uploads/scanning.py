"""Scan uploaded files for viruses: claim a check, send the file to clamd, and store the result.

`run` is safe to run twice, late, never, or two at once. The claim is a conditional UPDATE with a lease, and the
number of claims is the fencing token. While clamd is away, files wait for it as long as it takes. A file for which
clamd gives no result fails after some attempts, and one that is too large for clamd at once.
"""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import Facts, audit_action
from summit.audit.services import SYSTEM
from summit.core.migration_operations import frozen_columns, thawed
from summit.maintenance import heartbeats
from summit.quarantine.kept_files import KINDS, KeptFile
from summit.quarantine.models import PENDING, FileScan, ScanState, sources
from summit.uploads import clamd, messages

logger = logging.getLogger(__name__)

# Seconds until clamd is tried again while it is away.
AWAY = 15
# Seconds until the next attempt where clamd gave no result, by the attempts made. Then the check fails.
BACK_OFF = (5, 15, 60, 300, 900)
# A check that was queued isn't queued again for this long. After that its task counts as lost.
HANDED = timedelta(seconds=30)


def _found(facts: Facts) -> str:
    return _("found a virus in a file and deleted the file (%(signature)s)") % {
        "signature": facts.detail.get("signature", "")
    }


REFUSE = audit_action("quarantine.refuse", _found, label=gettext_lazy("found a virus in a file and deleted the file"))
FAIL = audit_action("quarantine.fail", gettext_lazy("couldn’t check a file for viruses"))


def hand_out(*, limit: int = 20) -> Sequence[int]:
    """Return the primary keys of the checks that are due, at most `limit`, for the sweep to queue.

    They aren't returned again within HANDED. Makes one query if there are none.
    """
    keys = list(FileScan.objects.due().order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
    if keys:
        # A waiting check may be claimed before it is due again: its task is on the way.
        FileScan.objects.filter(pk__in=keys, state=ScanState.WAITING).update(due_at=Now() + HANDED)
    return keys


def claim(pk: int) -> FileScan | None:
    """Claim the check with primary key `pk` and return it, or None if it is finished or another worker holds it."""
    free = Q(state=ScanState.WAITING) | Q(state=ScanState.SCANNING, lease_until__lte=Now())
    rows = FileScan.objects.filter(free, pk=pk, state__in=sources(ScanState.SCANNING))
    with transaction.atomic():
        claimed = rows.update(
            state=ScanState.SCANNING,
            lease_until=Now() + timedelta(seconds=2 * settings.CLAMD_TIMEOUT),
            attempts=F("attempts") + 1,
            claims=F("claims") + 1,
        )
        return FileScan.objects.select_related("summit", "uploaded_by").get(pk=pk) if claimed else None


def run(pk: int) -> str:
    """Scan the file of the check with primary key `pk`, and return the state that was stored.

    Returns "" if the check can't be claimed, if its file is gone, or if the result came too late.
    """
    scan = claim(pk)
    if scan is None:
        return ""
    kind = KINDS[scan.kind]
    row = kind.model._base_manager.filter(pk=scan.object_id).only(kind.field).first()
    if row is None:
        scan.delete()
        return ""
    return _scanned(scan, kind, bytes(getattr(row, kind.field)))


def _scanned(scan: FileScan, kind: KeptFile, content: bytes) -> str:
    try:
        signature = clamd.scan(content, url=settings.CLAMD_URL, seconds=settings.CLAMD_TIMEOUT)
    except clamd.Unreachable as problem:
        logger.warning("clamd can't be reached, so files wait: %s", problem)
        return _put_back(scan, seconds=AWAY, attempts=0, problem=str(problem))
    except clamd.NoResult as problem:
        logger.warning("clamd gave no result for %s: %s", scan, problem)
        if scan.attempts > len(BACK_OFF):
            return _finish(scan, kind, ScanState.FAILED, problem=str(problem))
        return _put_back(scan, seconds=BACK_OFF[scan.attempts - 1], attempts=scan.attempts, problem=str(problem))
    except clamd.TooLarge as problem:
        logger.warning("%s is too large for clamd: raise StreamMaxLength and run scan_uploads --failed", scan)
        return _finish(scan, kind, ScanState.FAILED, problem=str(problem))
    if signature:
        logger.warning("clamd found %s in %s", signature, scan)
    return _finish(scan, kind, ScanState.INFECTED if signature else ScanState.CLEAN, signature=signature)


def _claimed(scan: FileScan) -> Any:
    """Return a queryset with the check's row. It is empty if this worker no longer holds it."""
    return FileScan.objects.filter(pk=scan.pk, claims=scan.claims, state=ScanState.SCANNING)


def _put_back(scan: FileScan, *, seconds: int, attempts: int, problem: str) -> str:
    values = {"state": ScanState.WAITING, "lease_until": None, "attempts": attempts, "problem": problem[:200]}
    updated = _claimed(scan).update(due_at=Now() + timedelta(seconds=seconds), **values)
    return ScanState.WAITING.value if updated else ""


def _finish(scan: FileScan, kind: KeptFile, state: ScanState, *, signature: str = "", problem: str = "") -> str:
    """Store a check's result with all that follows from it, in one transaction. Return the state, or "" if another
    worker has claimed the check since, or another file has taken the place of the one that was scanned."""
    rows = kind.model._base_manager.filter(pk=scan.object_id)
    with transaction.atomic():
        # In the order in which uploads lock: what a file belongs to, the file, its check.
        row = rows.defer(kind.field).first()
        if row is None:
            scan.delete()
            return ""
        kind.lock(row)
        list(rows.select_for_update().values_list("pk"))
        values = {"signature": signature[:200], "problem": problem[:200], "lease_until": None, "finished_at": Now()}
        if not _claimed(scan).update(state=state, **values):
            return ""
        scan.refresh_from_db()
        if state == ScanState.CLEAN:
            kind.released(row, scan)
        else:
            _refuse(scan, kind, row)
    if state == ScanState.CLEAN:
        kind.read(row, scan)
    return state.value


def _refuse(scan: FileScan, kind: KeptFile, row: models.Model) -> None:
    infected = scan.state == ScanState.INFECTED
    if infected:
        with _emptying(kind):
            kind.model._base_manager.filter(pk=row.pk).update(**{kind.field: b""})
    detail = {"signature": scan.signature} if infected else None
    action, target = REFUSE if infected else FAIL, kind.subject(row)
    audit.record(by=SYSTEM, action=action, target=target, summit=scan.summit, detail=detail)
    messages.FILE_REFUSED.send(scan)
    if infected:
        kind.refused(row)


def _emptying(kind: KeptFile) -> AbstractContextManager[None]:
    """Return a context in which the bytes of a kind of files may be deleted, even if they are otherwise frozen."""
    table = kind.model._meta.db_table
    return thawed(table) if kind.field in frozen_columns().get(table, ()) else nullcontext()


def queue_all(*, again: bool = False) -> int:
    """Queue all kept files that were never checked, or with `again` all, and return how many. They stay served
    meanwhile."""
    number = 0
    for kind in KINDS.values():
        checked = FileScan.objects.filter(kind=kind.name, object_id=OuterRef("pk"))
        rows = kind.model._base_manager.exclude(Exists(checked)).order_by("pk")
        new = [
            FileScan(summit_id=summit, kind=kind.name, object_id=key, holds=False)
            for key, summit in rows.values_list("pk", f"{kind.summit}_id")
        ]
        number += len(FileScan.objects.bulk_create(new, ignore_conflicts=True, batch_size=500))
    if again:
        number += _wait(FileScan.objects.filter(state=ScanState.CLEAN), holds=False)
    return number


def queue_failed() -> int:
    """Queue the files for which clamd gave no result, and return how many. They stay kept back."""
    return _wait(FileScan.objects.filter(state=ScanState.FAILED))


def _wait(rows: Any, **values: Any) -> int:
    values |= {"state": ScanState.WAITING, "attempts": 0, "problem": "", "finished_at": None, "due_at": Now()}
    again: int = rows.update(claims=F("claims") + 1, **values)
    return again


@heartbeats.clears(6)
def clear_gone() -> None:
    """Delete the checks of files that were deleted. Refusals stay: they say who uploaded what, and when."""
    for name in FileScan.objects.order_by().values_list("kind", flat=True).distinct():
        kept = KINDS[name].model._base_manager.filter(pk=OuterRef("object_id"))
        FileScan.objects.filter(~Exists(kept), kind=name).exclude(state=ScanState.INFECTED).delete()


def pending() -> Any:
    """Return the checks without a result."""
    return FileScan.objects.filter(state__in=PENDING)
