"""The background jobs' gauges for /metrics."""

from collections.abc import Iterable

from django.db.models import Count, Min
from django.db.models.functions import Now

from summit.core.database_clock import db_now
from summit.core.metrics import Gauge, source
from summit.jobs.models.jobs import Job, JobState


@source
def jobs() -> Iterable[Gauge]:
    """Yield the number of jobs by kind and state, and the seconds for which the oldest has waited for a worker."""
    rows = Job.objects.order_by().values_list("kind", "state").annotate(Count("pk"))
    counts = [({"kind": kind, "state": state}, float(number)) for kind, state, number in rows]
    yield "summit_jobs", "Background jobs by kind and state.", counts
    # A job that another worker must go on with isn't late before its lease ends.
    waiting = Job.objects.filter(state=JobState.WAITING, started_at__isnull=True, created_at__lte=Now())
    oldest = waiting.aggregate(at=Min("created_at"))["at"]
    waited = max((db_now() - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield "summit_job_oldest_waiting_seconds", "Seconds for which the oldest job has waited to begin.", [({}, waited)]
