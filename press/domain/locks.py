"""The lock under which everything is decided about a text."""

from django.db.models import QuerySet

from press.models import Lift


def lock_lift(lift_id: int) -> Lift:
    """Lock a lift until the transaction ends, and return it as it stands.

    Approving, holding, moving, withdrawing and announcing all take this lock first, so that of two that come at
    once the second sees what the first has done. SQLite's transactions are IMMEDIATE and need no row locks.
    """
    rows: QuerySet[Lift] = Lift.objects.select_for_update()
    return rows.get(pk=lift_id)
