"""Uploaded files of many rows: each waits with a report on what would become of its rows, until it is taken over,
once, or until nobody has for too long. What the rows are each kind of file says."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now

from summit.core.database_clock import db_now

# For so long a file waits to be taken over.
WAITS = timedelta(days=14)


def keep_report(row: Any, report: str) -> bool:
    """Keep what would become of a file's rows, and return whether it still waits."""
    row.report = report
    return bool(_waiting(row).update(report=report))


def claim(row: Any) -> bool:
    """Take a file over for the caller's transaction, and return whether nobody else has: of two at once, one does."""
    return bool(_waiting(row).update(applied_at=Now()))


def close(row: Any, report: str) -> None:
    """Keep what became of the rows of a file that was claimed, and forget its bytes."""
    row.content, row.report = b"", report
    row.save(update_fields=["content", "report"])
    row.refresh_from_db(fields=["applied_at"])


def drop_old(model: type[models.Model]) -> int:
    """Delete the files that nobody took over for too long, of all summits, and return how many."""
    old: models.QuerySet[Any] = model._default_manager.filter(applied_at=None, uploaded_at__lt=db_now() - WAITS)
    return old.delete()[0]


def _waiting(row: Any) -> models.QuerySet[Any]:
    found: models.QuerySet[Any] = type(row)._default_manager.filter(pk=row.pk, applied_at=None)
    return found
