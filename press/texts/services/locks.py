"""The lock under which everything is decided about a text."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from press.texts.errors import DecisionRefused
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text


def lock_embargo(embargo_id: int) -> Embargo:
    """Lock an embargo until the transaction ends, and return it as it stands.

    Approving, holding, moving, withdrawing and announcing all take this lock first, so that of two that come at
    once the second sees what the first has done. SQLite's transactions are IMMEDIATE and need no row locks.
    Raises DecisionRefused where what hung on it was tied to something else since the caller looked: it is gone then.
    """
    rows: QuerySet[Embargo] = Embargo.objects.select_for_update()
    embargo = rows.filter(pk=embargo_id).first()
    if embargo is None:
        raise DecisionRefused(_("Somebody else tied these texts meanwhile. Look at the page again."))
    return embargo


def lock_text(text_id: int) -> Embargo:
    """Lock the embargo on which a text hangs, and return it. One that was tied to others meanwhile hangs on
    theirs."""
    hangs = Text.objects.filter(pk=text_id).values_list("embargo_id", flat=True)
    rows: QuerySet[Embargo] = Embargo.objects.select_for_update()
    while True:
        # None where it was tied to others while somebody held its own: that embargo is gone.
        embargo = rows.filter(pk=hangs.get()).first()
        if embargo is not None and hangs.get() == embargo.pk:
            return embargo


def lock_two(one: int, other: int) -> None:
    """Lock two embargoes, always in the same order, so that nobody waits for whoever waits for them."""
    for embargo_id in sorted({one, other}):
        lock_embargo(embargo_id)


class _TiedMeanwhile(Exception):
    """A text hangs on another embargo than those that are locked."""


def held_embargo(embargo_id: int) -> bool:
    """Lock an embargo until the transaction ends, and return whether it is still there: tying takes embargoes
    away."""
    rows: QuerySet[Embargo] = Embargo.objects.select_for_update()
    return rows.filter(pk=embargo_id).first() is not None


def lock_speeches(slots: Collection[int]) -> list[Embargo]:
    """Lock the embargoes on which texts of speeches hang that have not been withdrawn, by the primary keys of the
    slots.

    To be called inside a transaction, after the agenda's lock: nobody takes that one while holding these.
    """
    return _lock_all(Text.objects.filter(slot__in=slots, withdrawn_at__isnull=True))


def lock_texts(keys: Collection[int]) -> list[Embargo]:
    """Lock the embargoes on which texts hang, by their primary keys, inside a transaction."""
    return _lock_all(Text.objects.filter(pk__in=keys))


def _lock_all(texts: QuerySet[Text]) -> list[Embargo]:
    """Always in one order. Where a text was tied to another meanwhile, all are let go (PostgreSQL gives up the locks
    that a savepoint took when it is rolled back) and taken anew, so that none is waited for out of its turn."""
    hangs = texts.order_by().values_list("embargo_id", flat=True)
    # Each look is a query of its own.
    while keys := set(hangs.all()):
        try:
            with transaction.atomic():
                rows: QuerySet[Embargo] = Embargo.objects.select_for_update(of=("self",)).filter(pk__in=keys)
                found = list(rows.select_related("summit").order_by("pk"))
                if not set(hangs.all()) <= {embargo.pk for embargo in found}:
                    raise _TiedMeanwhile
                return found
        except _TiedMeanwhile:
            continue
    return []
