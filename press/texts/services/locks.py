"""The lock on an embargo, under which all decisions about its texts are made."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from press.texts.errors import DecisionRefused
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text


def lock_embargo(embargo_id: int) -> Embargo:
    """Lock an embargo until the transaction ends, and return its current row.

    Approving, holding, moving, withdrawing and announcing take this lock first, so that of two concurrent decisions
    the second sees the first. SQLite's transactions are IMMEDIATE and need no row locks. Raises DecisionRefused if
    the embargo is gone because its texts were tied to others in the meantime.
    """
    rows: QuerySet[Embargo] = Embargo.objects.select_for_update()
    embargo = rows.filter(pk=embargo_id).first()
    if embargo is None:
        raise DecisionRefused(_("Somebody else tied these texts meanwhile. Look at the page again."))
    return embargo


def lock_text(text_id: int) -> Embargo:
    """Lock the embargo of a text, and return it. If the text was tied to others, that is the embargo they share."""
    hangs = Text.objects.filter(pk=text_id).values_list("embargo_id", flat=True)
    rows: QuerySet[Embargo] = Embargo.objects.select_for_update()
    while True:
        # None if the text was tied to others while this waited for the lock: its own embargo is gone.
        embargo = rows.filter(pk=hangs.get()).first()
        if embargo is not None and hangs.get() == embargo.pk:
            return embargo


def lock_two(one: int, other: int) -> None:
    """Lock two embargoes, always in the same order, to avoid deadlocks."""
    for embargo_id in sorted({one, other}):
        lock_embargo(embargo_id)


class _EmbargoChanged(Exception):
    """A text has another embargo than those that are locked."""


def lock_embargo_if_exists(embargo_id: int) -> bool:
    """Lock an embargo until the transaction ends, and return whether it still exists: tying deletes embargoes."""
    rows: QuerySet[Embargo] = Embargo.objects.select_for_update()
    return rows.filter(pk=embargo_id).first() is not None


def lock_speeches(slots: Collection[int]) -> list[Embargo]:
    """Lock the embargoes of texts of speeches, by the primary keys of the slots, and return them.

    Withdrawn texts are left out. Call it inside a transaction, after the agenda's lock, which nobody takes while
    holding these.
    """
    return _lock_all(Text.objects.filter(slot__in=slots, withdrawn_at__isnull=True))


def lock_texts(keys: Collection[int]) -> list[Embargo]:
    """Lock the embargoes of texts, by the texts' primary keys, inside a transaction; return them."""
    return _lock_all(Text.objects.filter(pk__in=keys))


def _lock_all(texts: QuerySet[Text]) -> list[Embargo]:
    """Lock the embargoes of texts in a fixed order, and return them.

    If a text was tied to another in the meantime, all locks are released and taken again, so that the order is kept.
    PostgreSQL releases locks taken in a savepoint when it is rolled back.
    """
    hangs = texts.order_by().values_list("embargo_id", flat=True)
    # `all()` makes a new query each time.
    while keys := set(hangs.all()):
        try:
            with transaction.atomic():
                rows: QuerySet[Embargo] = Embargo.objects.select_for_update(of=("self",)).filter(pk__in=keys)
                found = list(rows.select_related("summit").order_by("pk"))
                if not set(hangs.all()) <= {embargo.pk for embargo in found}:
                    raise _EmbargoChanged
                return found
        except _EmbargoChanged:
            continue
    return []
