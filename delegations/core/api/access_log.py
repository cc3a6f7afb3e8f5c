"""Records in the access log which account saw which fields of which rows through the API."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Model

from summit.audit import access_log
from summit.audit import services as audit
from summit.summits.models import Summit
from summit.users.models import User


def log_rows(
    *,
    by: User,
    summit: Summit,
    rows: Sequence[Model],
    fields: Iterable[str],
    people: Callable[[Any], Iterable[str]] | None = None,
    always: bool = False,
) -> None:
    """Record that an account saw these fields of rows.

    One row is recorded as its page at the desk is; several rows are recorded as a list. `people` returns the public
    ids of the people that a row shows, for models other than Person. `always` is passed on to
    `access_log.record_page`.
    """
    seen_fields = sorted(fields)
    if not (rows and seen_fields):
        return
    person_ids = [key for row in rows for key in people(row)] if people else []
    if len(rows) == 1:
        access_log.record_page(
            by=by, target=rows[0], summit=summit, fields=seen_fields, people=lambda: person_ids, always=always
        )
        return
    label = rows[0]._meta.label_lower
    access_log.record_list(
        by=by,
        label=label,
        rows=[(summit.pk, audit.key_of(row)) for row in rows],
        fields=seen_fields,
        people=person_ids,
    )


def log_shown_fields(
    *,
    by: User,
    summit: Summit,
    rows: Iterable[Model],
    fields: Iterable[str],
    shows: Iterable[str],
    people: Any = None,
) -> None:
    """Record that an account saw the fields of rows that are in both `fields` and `shows`, as the desk's pages do.

    Nothing is recorded if none of `fields` is in `shows`. `people` returns the person that a row names, or None.
    """
    listed, seen_fields = list(rows), sorted(set(fields) & set(shows))
    if not listed or not seen_fields:
        return
    person_ids = [str(people(row).public_id) for row in listed if people(row) is not None] if people else []
    if len(listed) == 1:
        access_log.record_page(by=by, target=listed[0], summit=summit, fields=seen_fields, people=lambda: person_ids)
        return
    keys = [(summit.pk, audit.key_of(row)) for row in listed]
    access_log.record_list(by=by, label=listed[0]._meta.label_lower, rows=keys, fields=seen_fields, people=person_ids)
