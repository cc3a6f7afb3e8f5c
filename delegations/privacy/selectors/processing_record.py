"""The record of a summit's processing of personal data (GDPR, article 30), from the declarations of the columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from itertools import groupby

from django.apps import apps
from django.db.models import Field
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from delegations.members.models.categories import Category
from delegations.privacy.selectors.retention import Times
from summit.core.date_formats import long_day
from summit.core.personal_data import PersonalField, entered_columns, personal_columns
from summit.core.punctuation import comma
from summit.permissions.rules import names_of_roles
from summit.summits.models import Summit


@dataclass(frozen=True)
class ProcessingEntry:
    """An entry of the record, in words: some data of one kind of rows, and how it is processed.

    `rows` names the kind of rows and `data` the field. `kept` is the last day on which the data exists, or a reason.
    """

    rows: str
    data: str
    subjects: str
    purpose: str
    seen_by: str
    changed_by: str
    kept: str


def headings() -> ProcessingEntry:
    """Return the headings of the record's columns in the active language."""
    return ProcessingEntry(
        rows=_("Rows"),
        data=_("Data"),
        subjects=_("Data subjects"),
        purpose=_("Purpose"),
        seen_by=_("Visible to"),
        changed_by=_("Changed by"),
        kept=_("Kept until"),
    )


def entries(*, summit: Summit) -> list[ProcessingEntry]:
    """Return the entries of a summit's record, one for each field. The fields that are entered of people come first.

    Makes two queries.
    """
    times = Times.of(summit)
    categories = {row.pk: str(row) for row in Category.objects.filter(summit=summit)}
    # A proxy has the columns of another model.
    with_tables = (model for model in apps.get_models() if not model._meta.proxy)
    models = sorted(with_tables, key=lambda model: not entered_columns(model))
    return [
        ProcessingEntry(
            rows=capfirst(str(declared.activity.model_name or model._meta.verbose_name)),
            data=_label(column, declared),
            subjects=str(declared.activity.subjects.label),
            purpose=str(declared.purpose),
            seen_by=_roles(declared.activity.view, *declared.activity.also_view),
            changed_by=_roles(declared.activity.change),
            kept=_kept(declared, times, categories),
        )
        for model in models
        for column, declared in personal_columns(model)
    ]


def grouped(record: Iterable[ProcessingEntry]) -> Iterator[tuple[str, list[ProcessingEntry]]]:
    """Yield pairs of a kind of rows and its entries. Entries that differ only in the field are merged into one."""
    for rows, group in groupby(record, key=lambda entry: entry.rows):
        merged: dict[ProcessingEntry, list[str]] = {}
        for entry in group:
            merged.setdefault(replace(entry, data=""), []).append(entry.data)
        yield rows, [replace(entry, data=comma().join(labels)) for entry, labels in merged.items()]


def table(record: Iterable[ProcessingEntry], *, named: bool = False) -> list[Sequence[str]]:
    """Return the record as rows of text. The first row has headings or, with `named`, names for programs."""
    header = tuple(column.name for column in fields(ProcessingEntry)) if named else astuple(headings())
    return [header, *(astuple(entry) for entry in record)]


def _label(column: "Field[object, object]", declared: PersonalField) -> str:
    return capfirst(str(declared.label or column.verbose_name))


def _roles(*permissions: str) -> str:
    return names_of_roles(*permissions) if any(permissions) else _("no staff")


def _kept(declared: PersonalField, times: Times, categories: dict[int, str]) -> str:
    kind = declared.kept_as
    if kind is None:
        return str(declared.activity.stays)
    exceptions = [f"{categories.get(key, '')}: {_day(times, kind, key)}" for key in times.categories(kind)]
    return comma().join([_day(times, kind), *exceptions])


def _day(times: Times, kind: str, category: int | None = None) -> str:
    day = times.last_day_of(kind, category)
    return long_day(day) if day else _("kept")
