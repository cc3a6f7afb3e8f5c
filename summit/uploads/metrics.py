"""The gauges of checks for viruses for /metrics."""

from collections.abc import Iterable

from django.db.models import Count, Min

from summit.core.database_clock import db_now
from summit.core.metrics import Gauge, source
from summit.quarantine.models import FileScan
from summit.quarantine.selectors import is_on
from summit.uploads import scanning


@source
def scans() -> Iterable[Gauge]:
    """Yield the number of uploaded files by the state of their check, and the seconds that the oldest has waited.

    Nothing is yielded where no scanner is set up.
    """
    if not is_on():
        return
    rows = FileScan.objects.order_by().values_list("state").annotate(Count("id"))
    counts = [({"state": state}, float(number)) for state, number in rows]
    yield "summit_uploads_scans", "Uploaded files by the state of their check for viruses.", counts
    oldest = scanning.pending().aggregate(at=Min("uploaded_at"))["at"]
    waited = max((db_now() - oldest).total_seconds(), 0.0) if oldest else 0.0
    yield (
        "summit_uploads_oldest_waiting_seconds",
        "Seconds that the oldest file has waited for its check.",
        [({}, waited)],
    )
