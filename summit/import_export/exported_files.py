"""Lists of the admin as files that long work makes, some rows a step, and that are kept for some days.

Who asked sees them, as long as they see the list with the same columns in every summit whose rows are in the file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from django.contrib.admin.sites import site
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import override

from summit.core.database_clock import db_now
from summit.import_export import writers
from summit.import_export.querysets import Listed, desk_of, reading
from summit.jobs import services
from summit.jobs.job_kinds import Result, Step
from summit.jobs.models.exported_files import ExportedFile, ExportedFilePart
from summit.jobs.models.jobs import UNFINISHED, Job
from summit.maintenance import heartbeats
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

NAME = "export_list"
# So many rows a step: a fraction of a second.
ROWS = 200
KEPT = timedelta(days=3)
MADE, REFUSED, GONE = "made", "refused", "gone"
# What machines read is said in one language, whoever asked for it.
MACHINES = "en"


def ask(
    *,
    by: User,
    label: str,
    ending: str,
    language: str,
    keys: Sequence[int],
    columns: Sequence[str],
    filters: Mapping[str, str],
    summits: Iterable[int],
    personal: bool,
) -> Job:
    """Store the work of making a file of a list, and return its job; the same asked for twice is made once. Who may
    see the list the caller has looked at, and each step does again."""
    wanted = {"label": label, "ending": ending, "language": language, "columns": list(columns)}
    for same in ExportedFile.objects.filter(by=by, job__state__in=UNFINISHED, label=label, ending=ending):
        if same.keys == list(keys) and same.language == language and same.columns == list(columns):
            return same.job
    row = ExportedFile(
        by=by, keys=list(keys), filters=dict(filters), summits=sorted(summits), personal=personal, **wanted
    )
    row.until = db_now() + KEPT
    with transaction.atomic():
        row.job = services.start(kind=NAME, by=by, params={"table": row.public_id, "rows": len(row.keys)})
        row.save(force_insert=True)
    return row.job


def step(job: Job) -> Step:
    """Make the next rows of a file. A killed worker's goes on with the next part."""
    table = ExportedFile.objects.select_related("by").filter(job=job).first()
    total = int(job.params["rows"])
    if table is None:
        return Step(job.done, total, job.checkpoint, Result(GONE))
    done = int(job.checkpoint.get("done", 0))
    if not open_to(table, table.by):
        table.delete()
        return Step(done, total, job.checkpoint, Result(REFUSED))
    keys = table.keys[done : done + ROWS]
    with override(table.language):
        written = _write(table, keys, number=done // ROWS)
    done += len(keys)
    rows = int(job.checkpoint.get("rows", 0)) + written
    result = None
    if done >= total:
        ExportedFile.objects.filter(pk=table.pk).update(made_at=Now(), until=Now() + KEPT)
        result = Result(MADE, {"number": rows, "label": table.label, "table": table.public_id})
    return Step(done, total, {"done": done, "rows": rows}, result)


def _write(table: ExportedFile, keys: Sequence[int], *, number: int) -> int:
    desk = desk_of(table.label)
    listed = Listed(desk, reading(table.by))
    rows = listed.page(keys)
    columns = listed.columns()
    content = writers.part(columns, rows, ending=table.ending, first=number == 0)
    desk.log_access(table.by, rows, table.filters)
    ExportedFilePart.objects.create(table=table, number=number, content=content)
    return len(rows)


def open_to(table: ExportedFile, by: User) -> bool:
    """Return whether somebody may have a file: who asked for it, and still sees its list, with its columns, in all
    summits whose rows it has."""
    desk = desk_of(table.label)
    if desk is None or table.by_id != by.pk:
        return False
    request = reading(by)
    if not desk.has_module_permission(request):
        return False
    action = desk.permission_for("view")
    if not all(allows(by, action, summit) for summit in table.summits):
        return False
    return set(table.columns) <= set(Listed(desk, request).names())


def read(table: ExportedFile) -> Iterator[bytes]:
    """Yield the bytes of a file that is made, a part at a time."""
    with override(table.language):
        parts = (bytes(row.content) for row in table.parts.order_by("number").iterator(chunk_size=1))
        yield from writers.whole(parts, ending=table.ending)


def mine(by: User, label: str) -> list[ExportedFile]:
    """Return somebody's kept files of a list, the newest first."""
    rows = ExportedFile.objects.filter(by=by, label=label, until__gt=Now(), job__state__in=[*UNFINISHED, "done"])
    return list(rows.select_related("job").defer("keys"))


@heartbeats.clears(3)
def drop_old() -> None:
    """Delete the files that were kept long enough, of all lists."""
    rows = ExportedFile.objects.filter(until__lte=Now()).exclude(job__state__in=UNFINISHED)
    _delete(rows.values_list("pk", flat=True))


def drop_personal(summit: Summit) -> int:
    """Delete the files that hold personal data of a summit's rows: they can be asked for again. Return how many."""
    rows = ExportedFile.objects.filter(personal=True).values_list("pk", "summits")
    return _delete(key for key, summits in rows if summit.pk in summits)


def _delete(keys: Iterable[int]) -> int:
    found = list(keys)
    ExportedFile.objects.filter(pk__in=found).delete()
    return len(found)


def title_of(label: str) -> str:
    """Return what a list is called."""
    return next((str(m._meta.verbose_name_plural) for m in site._registry if m._meta.label_lower == label), label)


__all__ = ["ask", "drop_old", "drop_personal", "mine", "open_to", "read", "step", "title_of"]
