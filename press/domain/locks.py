"""The lock under which everything is decided about a text."""

from django.db.models import QuerySet

from press.models import Lift, Text


def lock_lift(lift_id: int) -> Lift:
    """Lock a lift until the transaction ends, and return it as it stands.

    Approving, holding, moving, withdrawing and announcing all take this lock first, so that of two that come at
    once the second sees what the first has done. SQLite's transactions are IMMEDIATE and need no row locks.
    """
    rows: QuerySet[Lift] = Lift.objects.select_for_update()
    return rows.get(pk=lift_id)


def lock_text(text_id: int) -> Lift:
    """Lock the lift on which a text hangs, and return it. One that was tied to others meanwhile hangs on theirs."""
    hangs = Text.objects.filter(pk=text_id).values_list("lift_id", flat=True)
    while True:
        lift = lock_lift(hangs.get())
        if hangs.get() == lift.pk:
            return lift


def lock_two(one: int, other: int) -> None:
    """Lock two lifts, always in the same order, so that nobody waits for whoever waits for them."""
    for lift_id in sorted({one, other}):
        lock_lift(lift_id)
