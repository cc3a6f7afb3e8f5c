"""Locks on embargoes. All decisions about a text are made under the lock of its embargo."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from press.texts.errors import DecisionRefused
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text


def lock_embargo(embargo_id: int) -> Embargo:
    """Lock an embargo until the transaction ends, and return its current row.

    Services that approve, hold, schedule, withdraw or announce take this lock first. So the second of two concurrent
    decisions sees the first. SQLite's transactions are IMMEDIATE and need no row locks. Raises DecisionRefused if the
    embargo was deleted because its texts were tied to others in the meantime.
    """
    rows: QuerySet[Embargo] = Embargo.objects.select_for_update()
    embargo = rows.filter(pk=embargo_id).first()
    if embargo is None:
        raise DecisionRefused(_("Someone else has just changed what is published together. Reload the page."))
    return embargo


def lock_text(text_id: int) -> Embargo:
    """Lock the embargo of a text until the transaction ends, and return it.

    If the text is tied to another one while this waits for the lock, the embargo that they share is locked.
    """
    embargo_ids = Text.objects.filter(pk=text_id).values_list("embargo_id", flat=True)
    rows: QuerySet[Embargo] = Embargo.objects.select_for_update()
    while True:
        # None if the text was tied to another one while this waited for the lock: tying deletes the old embargo.
        embargo = rows.filter(pk=embargo_ids.get()).first()
        if embargo is not None and embargo_ids.get() == embargo.pk:
            return embargo


def lock_two(one: int, other: int) -> None:
    """Lock two embargoes, by their primary keys, always in the same order to avoid deadlocks.

    Raises DecisionRefused if one of them was deleted in the meantime.
    """
    for embargo_id in sorted({one, other}):
        lock_embargo(embargo_id)


class _EmbargoChanged(Exception):
    """A text has an embargo that isn't among the locked ones."""


def lock_embargo_if_exists(embargo_id: int) -> bool:
    """Lock an embargo until the transaction ends, and return whether it still exists.

    Tying texts to others deletes embargoes.
    """
    rows: QuerySet[Embargo] = Embargo.objects.select_for_update()
    return rows.filter(pk=embargo_id).first() is not None


def lock_speeches(slots: Collection[int]) -> list[Embargo]:
    """Lock the embargoes of the texts of speeches, and return them. `slots` are the primary keys of the speeches.

    Withdrawn texts are left out. Call this inside a transaction, and only after taking the agenda's lock: all
    transactions take the two locks in this order.
    """
    return _lock_all(Text.objects.filter(slot__in=slots, withdrawn_at__isnull=True))


def lock_texts(keys: Collection[int]) -> list[Embargo]:
    """Lock the embargoes of texts, and return them. `keys` are the primary keys of the texts.

    Call this inside a transaction.
    """
    return _lock_all(Text.objects.filter(pk__in=keys))


def _lock_all(texts: QuerySet[Text]) -> list[Embargo]:
    """Lock the embargoes of texts in a fixed order, and return them.

    If a text was tied to another in the meantime, all locks are released and taken again, so that the order is kept.
    This uses a savepoint: when a savepoint is rolled back, PostgreSQL releases the locks taken in it.
    """
    embargo_ids = texts.order_by().values_list("embargo_id", flat=True)
    # `all()` copies the queryset, so that each use makes a new query.
    while keys := set(embargo_ids.all()):
        try:
            with transaction.atomic():
                rows: QuerySet[Embargo] = Embargo.objects.select_for_update(of=("self",)).filter(pk__in=keys)
                embargoes = list(rows.select_related("summit").order_by("pk"))
                if not set(embargo_ids.all()) <= {embargo.pk for embargo in embargoes}:
                    raise _EmbargoChanged
                return embargoes
        except _EmbargoChanged:
            continue
    return []
