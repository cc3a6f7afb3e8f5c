"""Exports of long admin lists. A job writes the file, a batch of rows a step, and it is stored for some days.

Only the user who asked for an export may download its file. They must still see the list, with the same columns, in
every summit that has rows in the file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from django.contrib.admin.sites import site
from django.db import transaction
from django.db.models.functions import Now
from django.utils.text import capfirst
from django.utils.translation import override

from summit.core.database_clock import db_now
from summit.core.file_names import file_name
from summit.import_export import table_file_writers
from summit.import_export.batched_querysets import Listed, desk_of, reading
from summit.jobs import services
from summit.jobs.job_kinds import JobStep, Result
from summit.jobs.models.exported_files import ExportedFile, ExportedFilePart
from summit.jobs.models.jobs import UNFINISHED, Job
from summit.maintenance import heartbeats
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

NAME = "export_list"
# The rows that one step writes. They take a fraction of a second.
ROWS = 200
KEPT = timedelta(days=3)
MADE, REFUSED, GONE = "made", "refused", "gone"
# Files for programs are always in this language.
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
    """Start a job that exports the rows `keys` of the list `label`, and return the job.

    If the user has an unfinished job for the same file, return that job. The caller must have checked that the user
    may see the list. Each step checks this again.
    """
    values = {"label": label, "ending": ending, "language": language, "columns": list(columns)}
    for existing in ExportedFile.objects.filter(by=by, job__state__in=UNFINISHED, label=label, ending=ending):
        if existing.keys == list(keys) and existing.language == language and existing.columns == list(columns):
            return existing.job
    row = ExportedFile(
        by=by, keys=list(keys), filters=dict(filters), summits=sorted(summits), personal=personal, **values
    )
    row.until = db_now() + KEPT
    with transaction.atomic():
        row.job = services.start(kind=NAME, by=by, params={"table": row.public_id, "rows": len(row.keys)})
        row.save(force_insert=True)
    return row.job


def step(job: Job) -> JobStep:
    """Write the next part of a job's file, and return the outcome of the step.

    The result of the job is GONE if the file was deleted meanwhile. It is REFUSED if the user may no longer see the
    list; the file is then deleted.
    """
    table = ExportedFile.objects.select_related("by").filter(job=job).first()
    total = int(job.params["rows"])
    if table is None:
        return JobStep(job.done, total, job.checkpoint, Result(GONE))
    done = int(job.checkpoint.get("done", 0))
    if not open_to(table, table.by):
        table.delete()
        return JobStep(done, total, job.checkpoint, Result(REFUSED))
    keys = table.keys[done : done + ROWS]
    with override(table.language):
        written = _write(table, keys, number=done // ROWS)
    done += len(keys)
    rows = int(job.checkpoint.get("rows", 0)) + written
    result = None
    if done >= total:
        ExportedFile.objects.filter(pk=table.pk).update(made_at=Now(), until=Now() + KEPT)
        result = Result(MADE, {"number": rows, "label": table.label, "table": table.public_id})
    return JobStep(done, total, {"done": done, "rows": rows}, result)


def _write(table: ExportedFile, keys: Sequence[int], *, number: int) -> int:
    desk = desk_of(table.label)
    listed = Listed(desk, reading(table.by))
    rows = listed.page(keys)
    columns = listed.columns()
    content = table_file_writers.part(columns, rows, ending=table.ending, first=number == 0)
    desk.log_access(table.by, rows, table.filters)
    ExportedFilePart.objects.create(table=table, number=number, content=content)
    return len(rows)


def open_to(table: ExportedFile, by: User) -> bool:
    """Return whether a user may download an exported file.

    The user must have asked for the file. They must also still see the list, with the file's columns, in all summits
    that have rows in the file.
    """
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
    """Yield the bytes of a finished file, one part at a time."""
    with override(table.language):
        parts = (bytes(row.content) for row in table.parts.order_by("number").iterator(chunk_size=1))
        yield from table_file_writers.whole(parts, ending=table.ending)


def mine(by: User, label: str) -> list[ExportedFile]:
    """Return the user's exports of the list `label`, the newest first.

    Exports that failed, were cancelled or have expired are left out.
    """
    rows = ExportedFile.objects.filter(by=by, label=label, until__gt=Now(), job__state__in=[*UNFINISHED, "done"])
    return list(rows.select_related("job").defer("keys"))


@heartbeats.clears(3)
def delete_expired() -> None:
    """Delete the exported files that have expired, except those that a job is still writing."""
    rows = ExportedFile.objects.filter(until__lte=Now()).exclude(job__state__in=UNFINISHED)
    _delete(rows.values_list("pk", flat=True))


def delete_personal_files(summit: Summit) -> int:
    """Delete the exported files that hold personal data of a summit, and return their number.

    The lists can be exported again.
    """
    rows = ExportedFile.objects.filter(personal=True).values_list("pk", "summits")
    return _delete(key for key, summits in rows if summit.pk in summits)


def _delete(keys: Iterable[int]) -> int:
    pks = list(keys)
    ExportedFile.objects.filter(pk__in=pks).delete()
    return len(pks)


def title_of(label: str) -> str:
    """Return the name of the list of the model `label`, or `label` itself if the admin has no such list."""
    return next((str(m._meta.verbose_name_plural) for m in site._registry if m._meta.label_lower == label), label)


def file_name_of(label: str, summit: Summit | None, ending: str) -> str:
    """Return the name of a file with a list's rows, such as "Delegations – Border 2025.pdf", in the active language.

    `summit` is the one whose rows the file has, or None.
    """
    return file_name(capfirst(title_of(label)), summit.reads_as.short_name if summit else "", ending=ending)


__all__ = [
    "ask",
    "delete_expired",
    "delete_personal_files",
    "file_name_of",
    "mine",
    "open_to",
    "read",
    "step",
    "title_of",
]
