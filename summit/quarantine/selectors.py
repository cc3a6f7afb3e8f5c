"""Which uploaded files may be served. Every channel asks here: desk, portal, press site, API, exports and papers.

Without `CLAMD_URL` nothing is kept back, and nothing here makes a query.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext

from summit.quarantine.kept_files import kind_of
from summit.quarantine.models import FileScan


class FileHeld(Exception):
    """A file isn't given out. The message says why, and what to do."""


def is_on() -> bool:
    """Return whether uploaded files are kept back until a scanner has found them clean."""
    return bool(settings.CLAMD_URL)


def held(model: type[models.Model], keys: Iterable[int]) -> dict[int, FileScan]:
    """Return the checks that keep back files of a model, by the primary keys of the rows. Makes one query at most."""
    wanted = set(keys) if is_on() else set()
    if not wanted:
        return {}
    rows = FileScan.objects.held().filter(kind=kind_of(model).name, object_id__in=wanted)
    return {row.object_id: row for row in rows}


def check_of(row: models.Model) -> FileScan | None:
    """Return the check that keeps back a row's file, or None if somebody may get it. Makes one query at most."""
    return held(type(row), [row.pk]).get(row.pk)


def content_of(row: Any, *, among: Collection[int] | None = None) -> bytes | None:
    """Return the bytes of a row's file, or None while they are kept back or after a virus was found in them.

    `among` are the keys of the rows that `held` returned for several rows, so that no query is made for each.
    """
    if row.pk in among if among is not None else check_of(row) is not None:
        return None
    # Stored files are never empty: without bytes, a virus was found in them, even if scanning was turned off since.
    return bytes(getattr(row, kind_of(type(row)).field)) or None


def served(row: Any) -> bytes:
    """Return the bytes of a row's file. Raises FileHeld while they are kept back, or once they are deleted."""
    content = content_of(row)
    if content is None:
        check = check_of(row)
        raise FileHeld(check.sentence if check is not None else gettext("This file has been deleted."))
    return content


def listed(model: type[models.Model], public_ids: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return the public ids among these of rows whose files are kept back, and those of them that still wait.

    Makes two queries at most.
    """
    wanted = set(public_ids) if is_on() else set()
    if not wanted:
        return set(), set()
    rows = model._base_manager.filter(public_id__in=wanted)
    checks = FileScan.objects.held().filter(kind=kind_of(model).name, object_id__in=rows.values("pk"))
    named = dict(rows.values_list("pk", "public_id"))
    pending = {check.object_id: check.is_pending for check in checks}
    return {named[key] for key in pending}, {named[key] for key, waits in pending.items() if waits}
