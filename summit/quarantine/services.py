"""Keeping a file back: in the transaction that stores it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F
from django.db.models.functions import Now

from summit.audit.services import SYSTEM, By, Link, Mailbox
from summit.quarantine.kept_files import kind_of
from summit.quarantine.models import FileScan, ScanState, sources
from summit.quarantine.selectors import is_on
from summit.users.models import User

if TYPE_CHECKING:
    from summit.summits.models import Summit


def hold(*, row: models.Model, summit: "Summit", by: By) -> bool:
    """Keep a row's new file back until it is found clean, and return whether it is kept back.

    Call it in the transaction that stores the file. A worker scans it within seconds. Does nothing without
    `CLAMD_URL`. A result for the row's earlier file isn't stored any more.
    """
    if not is_on():
        return False
    kind = kind_of(type(row)).name
    values = {
        "state": ScanState.WAITING,
        "holds": True,
        "signature": "",
        "problem": "",
        "attempts": 0,
        "due_at": Now(),
        "lease_until": None,
        "finished_at": None,
        "uploaded_at": Now(),
        "uploaded_by": by if isinstance(by, User) else None,
        "uploader": "" if isinstance(by, User) else str(by),
    }
    rows = FileScan.objects.filter(kind=kind, object_id=row.pk, state__in=sources(ScanState.WAITING))
    if not rows.update(claims=F("claims") + 1, **values):
        FileScan.objects.create(summit=summit, kind=kind, object_id=row.pk, **values)
    return True


def uploader_of(scan: FileScan) -> By:
    """Return who uploaded the file of a check."""
    if scan.uploaded_by is not None:
        return scan.uploaded_by
    kind, _sep, key = scan.uploader.partition(":")
    actors: dict[str, By] = {"mailbox": Mailbox(key), "link": Link(key)}
    return actors.get(kind, SYSTEM)
