"""Where sessions stand by the database's clock and by what was recorded of them."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Now

from sessions.draft.models.sessions import Session

# A session that has been started and that nobody has ended is in progress for at most this long after its end.
OVERRUN = timedelta(hours=12)


class Progress(StrEnum):
    """Where a session stands by the database's clock and by what was recorded."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    OVER = "over"


def progress() -> Case:
    """Return the expression for the `Progress` of a row of sessions, on the database's clock.

    What was recorded counts before the planned times: a session that was started early is in progress, and one that
    was ended early is over. One that is announced as late and that nobody has started is scheduled.
    """
    started = Q(run__isnull=False)
    announced = Session.objects.filter(pk=OuterRef("pk"), delay_notices__ended_at=None, delay_notices__isnull=False)
    late = Exists(announced) & Q(ends_at__gt=Now() - OVERRUN)
    return Case(
        When(run__ended_at__isnull=False, then=Value(Progress.OVER.value)),
        When(~started & Q(starts_at__gt=Now()), then=Value(Progress.SCHEDULED.value)),
        When(~started & late, then=Value(Progress.SCHEDULED.value)),
        When(~started & Q(ends_at__lte=Now()), then=Value(Progress.OVER.value)),
        When(started & Q(ends_at__lte=Now() - OVERRUN), then=Value(Progress.OVER.value)),
        default=Value(Progress.RUNNING.value),
        output_field=CharField(),
    )


def progress_of(sessions: Collection[int]) -> dict[int, Progress]:
    """Return a dict from the primary keys of sessions to where they stand. Makes one query."""
    rows = Session.objects.filter(pk__in=sessions).order_by().values_list("pk", progress())
    return {key: Progress(value) for key, value in rows}
