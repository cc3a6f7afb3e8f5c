"""What holds for every import: it does what its preview says, twice is nothing, and undone is as before."""

from collections.abc import Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, settings

from summit.audit.models import AuditEntry
from summit.audit.services import By
from summit.imports import services
from summit.imports.models import ImportFile
from summit.imports.report import ImportReport
from summit.summits.models import Summit

# The same examples each time, since what an example writes is rolled back and none depends on another.
few_examples = settings(
    max_examples=15,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What every action leaves behind.
TRACES = {"summit.auditentry", "summit.importfile", "summit.publicversion", "agenda.draftversion"}
# The columns that only ever rise.
COUNTERS = {"agenda.session": ("revision",)}


@cache
def statements() -> dict[str, str]:
    """Return what reads all rows of each model, built once: without traces, counters and what only rises."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if model._meta.managed and not model._meta.proxy and label not in TRACES:
            rise = (field.name for field in model._meta.concrete_fields if getattr(field, "auto_now", False))
            left_out = {*COUNTERS.get(label, ()), *rise}
            names = [field.attname for field in model._meta.concrete_fields if field.name not in left_out]
            found[label] = str(model._base_manager.order_by("pk").values_list("pk", *names).query)
    return found


def whole_database() -> dict[str, dict[Any, Any]]:
    """Return all rows of all models as they are stored, but for traces and counters."""
    found = {}
    with connection.cursor() as cursor:
        for label, sql in statements().items():
            cursor.execute(sql)
            found[label] = {key: row for key, *row in cursor.fetchall()}
    return found


def differing(before: dict[str, dict[Any, Any]], after: dict[str, dict[Any, Any]]) -> dict[str, list[Any]]:
    pairs = {label: (rows, after[label]) for label, rows in before.items() if rows != after[label]}
    return {
        label: [(pk, one.get(pk), other.get(pk)) for pk in {*one, *other} if one.get(pk) != other.get(pk)]
        for label, (one, other) in pairs.items()
    }


def outcomes(report: ImportReport | None) -> list[tuple[int, str, list[str], list[list[str]]]]:
    assert report is not None
    return [(line.number, line.outcome, line.fields, line.changes) for line in report.lines]


@contextmanager
def rolled_back() -> Any:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def check(
    *,
    summit: Summit,
    kind: str,
    filename: str,
    content: bytes,
    by: By,
    options: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
) -> ImportReport:
    """Import a file and undo it, assert what holds for every import, and return the report on it."""

    def stored() -> ImportFile:
        file = services.store(
            summit=summit,
            kind=kind,
            filename=filename,
            content=content,
            by=by,
            options=options,
            answers=answers,
        )
        if not file.report:
            services.refresh_preview(file=file, by=by)
        return file

    with rolled_back():
        file = stored()
        before, planned = whole_database(), services.report_of(file)
        assert planned is not None
        done = services.apply(file=file, by=by)
        assert outcomes(planned) == outcomes(done)
        after = whole_database()
        assert (before != after) is bool(done.writes)
        again = stored()
        second = services.report_of(again)
        assert (second is not None and second.writes, whole_database() == after) == (0, True), outcomes(second)
        services.apply(file=again, by=by)
        assert whole_database() == after
        if services.can_undo(file):
            services.undo(file=file, by=by)
            assert AuditEntry.objects.filter(action="summit.importfile.undo").count() == 1
        left = differing(before, whole_database())
        assert left == {}, left
    return done
