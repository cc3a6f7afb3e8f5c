"""Services for uploaded files of all kinds: store the report on a file, apply a file once, delete expired files.

A file waits, with a report on its rows, until it is applied or has expired.
"""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now

from summit.core.database_clock import db_now

# A file that isn't applied within this time is deleted.
WAITS = timedelta(days=14)


def store_report(row: Any, report: str) -> bool:
    """Store the report on a file's rows, and return whether the file still waits to be applied."""
    row.report = report
    return bool(_waiting(row).update(report=report))


def claim(row: Any) -> bool:
    """Mark a file as applied, in the caller's transaction, and return whether it still waited.

    If two callers do this at once, only one gets True.
    """
    return bool(_waiting(row).update(applied_at=Now()))


def close(row: Any, report: str) -> None:
    """Store the final report on a claimed file, and delete the file's content."""
    row.content, row.report = b"", report
    row.save(update_fields=["content", "report"])
    row.refresh_from_db(fields=["applied_at"])


def delete_expired(model: type[models.Model]) -> int:
    """Delete the files of all summits that weren't applied in time, and return how many."""
    old: models.QuerySet[Any] = model._default_manager.filter(applied_at=None, uploaded_at__lt=db_now() - WAITS)
    return old.delete()[0]


def _waiting(row: Any) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = type(row)._default_manager.filter(pk=row.pk, applied_at=None)
    return rows
