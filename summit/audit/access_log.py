"""The access log: who saw personal data at a desk or in the portal. It has one audit entry per user, object and hour.

A page of a list makes one entry with the keys of its rows, so that a person's history includes lists. Search terms
aren't stored, because they may be names. See docs/decisions/0011.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, OperationalError, models, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.audit import services
from summit.audit.actions import Facts, audit_action
from summit.audit.models import AuditEntry
from summit.audit.services import By
from summit.core.models import PublicModel
from summit.users.models import User

if TYPE_CHECKING:
    from summit.summits.models import Summit

ONCE_IN = timedelta(hours=1)
# The most keys of people in the entry of a page; further ones are left out.
MOST = 500


def _seen(facts: Facts) -> str:
    number = facts.detail.get("number")
    if number is None:
        return _("viewed personal data")
    message = ngettext(
        "viewed a list with personal data, %(number)d row",
        "viewed a list with personal data, %(number)d rows",
        number,
    )
    return message % {"number": number}


SEEN = audit_action("summit.person.seen", _seen)


class NotRecorded(OperationalError):
    """Raised if the database couldn't store an access log entry. Personal data must then not be shown."""


def record_page(
    *,
    by: By,
    target: models.Model,
    summit: "Summit | None",
    fields: Iterable[str],
    people: Callable[[], Iterable[str]] = tuple,
    always: bool = False,
) -> None:
    """Record that the user or actor `by` saw the personal `fields` of an object on its page.

    The same fields are recorded at most once an hour or, with `always`, each time. `people` returns the keys of other
    people whom the page shows. It is called only if an entry is made. Raises NotRecorded.
    """
    key, label, fields = services.key_of(target), target._meta.label_lower, sorted(fields)
    if not always and _recorded_recently(by, label, key, fields=fields):
        return
    person_keys = list(people())[:MOST]
    detail = {"people": person_keys} if person_keys else {}
    summit_id = summit.pk if summit else None
    _store([_entry(by, summit_id, (label, key), fields=sorted(fields), detail=detail)])


def record_list(
    *,
    by: By,
    label: str,
    rows: Sequence[tuple[int | None, str]],
    fields: Iterable[str],
    filters: dict[str, str] | None = None,
    people: Iterable[str] = (),
) -> None:
    """Record that the user or actor `by` saw the personal `fields` of rows in a list.

    Makes one entry for each summit. `rows` are pairs of a summit's primary key (None for rows without a summit) and
    the row's key in the audit. `filters` are stored with the entry. `people` are the keys of the people whom the rows
    show, if the rows aren't people themselves. The same rows are recorded at most once an hour. Raises NotRecorded.
    """
    fields, people = sorted(fields), sorted(set(people))
    entries: list[AuditEntry] = []
    by_summit: dict[int | None, list[str]] = {}
    for summit_id, key in rows:
        by_summit.setdefault(summit_id, []).append(key)
    for summit_id, keys in by_summit.items():
        list_key = f"list:{hashlib.sha256(' '.join(sorted(keys)).encode()).hexdigest()[:32]}"
        if _recorded_recently(by, label, list_key, fields=fields):
            continue
        detail: dict[str, Any] = {"number": len(keys), "keys": keys}
        detail |= {"filters": filters} if filters else {}
        detail |= {"people": people} if people else {}
        entries.append(_entry(by, summit_id, (label, list_key), fields=fields, detail=detail))
    _store(entries)


def _recorded_recently(by: By, label: str, key: str, **wanted: Any) -> bool:
    rows = AuditEntry.objects.filter(object_type=label, object_key=key, action=SEEN, **_who(by), **wanted)
    # An account in a browser and a program with the account's token are different readers: each has its own entries.
    token = services.token_of(by).get("token")
    rows = rows.filter(detail__token=token) if token else rows.filter(detail__token__isnull=True)
    return rows.filter(at__gt=Now() - ONCE_IN).exists()


def _who(by: By) -> dict[str, Any]:
    return {"by": by} if isinstance(by, User) else {"by": None, "by_label": str(by)}


def _entry(by: By, summit_id: int | None, row: tuple[str, str], **values: Any) -> AuditEntry:
    label, key = row
    values["detail"] |= services.token_of(by)
    return AuditEntry(summit_id=summit_id, **_who(by), action=SEEN, object_type=label, object_key=key, **values)


def _store(entries: list[AuditEntry]) -> None:
    """Store entries in a short transaction of their own. Raises NotRecorded if the database fails."""
    if not entries:
        return
    try:
        with transaction.atomic():
            services.record_many(entries)
    except DatabaseError as problem:
        raise NotRecorded(f"who saw personal data can't be recorded ({entries[0].object_type})") from problem


def seen_of(row: models.Model) -> QuerySet[AuditEntry]:
    """Return the access log's entries about a row: for its own page, and for lists and pages that showed it."""
    condition = Q(object_type=row._meta.label_lower, object_key=services.key_of(row))
    rows = AuditEntry.objects.filter(action=SEEN)
    if isinstance(row, PublicModel):
        rows = rows.annotate(text=Cast("detail", TextField()))
        condition |= Q(text__contains=f'"{row.public_id}"')
    return rows.filter(condition)
