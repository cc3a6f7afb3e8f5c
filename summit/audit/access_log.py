"""Who saw personal data at a desk or in the portal: an entry in the audit for each reader, object and hour.

Of a list one entry is kept for the rows that were on the page, with their keys, so that a person's history tells of
lists too. Nothing that somebody typed into a search is kept: it may be a name. Why so: docs/decisions/0011.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, OperationalError, models, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Now

from summit.audit import services
from summit.audit.models import AuditEntry
from summit.audit.services import By
from summit.core.models import PublicModel
from summit.users.models import User

if TYPE_CHECKING:
    from summit.summits.models import Summit

SEEN = "summit.person.seen"
ONCE_IN = timedelta(hours=1)
# The keys of people on one page of an object; a page that shows more of them names the first.
MOST = 500


class NotRecorded(OperationalError):
    """It can't be recorded who sees personal data: nobody is shown any then."""


def note_page(
    *,
    by: By,
    target: models.Model,
    summit: "Summit | None",
    fields: Iterable[str],
    people: Callable[[], Iterable[str]] = tuple,
    always: bool = False,
) -> None:
    """Note that somebody saw an object's page: with the same fields once in an hour, or `always`. `people` gives the
    keys of the persons that it shows beside; it is asked only where there is something to note.

    Raises NotRecorded.
    """
    key, label, fields = services.key_of(target), target._meta.label_lower, sorted(fields)
    if not always and _noted(by, label, key, fields=fields):
        return
    found = list(people())[:MOST]
    detail = {"people": found} if found else {}
    summit_id = summit.pk if summit else None
    _note([_entry(by, summit_id, (label, key), fields=sorted(fields), detail=detail)])


def note_list(
    *,
    by: By,
    label: str,
    rows: Sequence[tuple[int | None, str]],
    fields: Iterable[str],
    filters: dict[str, str] | None = None,
    people: Iterable[str] = (),
) -> None:
    """Note that somebody saw rows in a list: `rows` are the keys of each one's summit (None: of none) and its own, as
    the audit knows it; `people` are keys of persons that the rows show, where they aren't persons themselves. Raises
    NotRecorded."""
    fields = sorted(fields)
    entries: list[AuditEntry] = []
    by_summit: dict[int | None, list[str]] = {}
    for summit_id, key in rows:
        by_summit.setdefault(summit_id, []).append(key)
    for summit_id, keys in by_summit.items():
        shown = f"list:{hashlib.sha256(' '.join(sorted(keys)).encode()).hexdigest()[:32]}"
        if _noted(by, label, shown, fields=fields):
            continue
        detail: dict[str, Any] = {"number": len(keys), "keys": keys}
        detail |= {"filters": filters} if filters else {}
        detail |= {"people": sorted(set(people))} if people else {}
        entries.append(_entry(by, summit_id, (label, shown), fields=fields, detail=detail))
    _note(entries)


def _noted(by: By, label: str, key: str, **wanted: Any) -> bool:
    rows = AuditEntry.objects.filter(object_type=label, object_key=key, action=SEEN, **_who(by), **wanted)
    # That its owner looked themselves says nothing of a program that has their token.
    token = services.token_of(by).get("token")
    rows = rows.filter(detail__token=token) if token else rows.filter(detail__token__isnull=True)
    return rows.filter(at__gt=Now() - ONCE_IN).exists()


def _who(by: By) -> dict[str, Any]:
    return {"by": by} if isinstance(by, User) else {"by": None, "by_label": str(by)}


def _entry(by: By, summit_id: int | None, row: tuple[str, str], **values: Any) -> AuditEntry:
    label, key = row
    values["detail"] |= services.token_of(by)
    return AuditEntry(summit_id=summit_id, **_who(by), action=SEEN, object_type=label, object_key=key, **values)


def _note(entries: list[AuditEntry]) -> None:
    """Store entries in a short transaction of their own. Raises NotRecorded."""
    if not entries:
        return
    try:
        with transaction.atomic():
            services.record_many(entries)
    except DatabaseError as problem:
        raise NotRecorded(f"who saw personal data can't be recorded ({entries[0].object_type})") from problem


def seen_of(row: models.Model) -> QuerySet[AuditEntry]:
    """Return the entries of who saw a row: its page, and the lists and pages of others that showed it."""
    wanted = Q(object_type=row._meta.label_lower, object_key=services.key_of(row))
    rows = AuditEntry.objects.filter(action=SEEN)
    if isinstance(row, PublicModel):
        rows = rows.annotate(text=Cast("detail", TextField()))
        wanted |= Q(text__contains=f'"{row.public_id}"')
    return rows.filter(wanted)
