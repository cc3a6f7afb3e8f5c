"""The definition of the import of a table into a list of the desk, which its API's viewset writes row by row."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit.services import By
from summit.import_export import list_row_writer
from summit.import_export.exported_lists import LISTED, name_of
from summit.import_export.importable_lists import ImportableList, headings, plain, show_in_exports
from summit.imports.definitions import DEFINITIONS, Upload, WrittenModel, register
from summit.imports.report import ImportReport
from summit.imports.table_definitions import TableImport, table_of
from summit.imports.table_parsing import Recognised, Table
from summit.permissions.rules import check, refusal
from summit.summits.models import Summit
from summit.uploads.budgets import LIST
from summit.users.models import User

READ_IN = "summit.read_in_list"


class ListImport(TableImport[slice]):
    """The import of a table into a list of the desk.

    A row is valid if the list's API would accept it, and is written by the same service.
    """

    permission = READ_IN
    budget = LIST
    accepts = gettext_lazy("XLSX, CSV or JSON in the format of the export, up to 2,000 rows.")
    introduction = gettext_lazy(
        "The first row names the columns. You see a preview of each row before anything is imported. You can "
        "import the same file again without creating duplicates. An empty cell clears the value; a missing column "
        "leaves it unchanged."
    )

    def __init__(self, importable: ImportableList) -> None:
        self.importable = importable
        model = importable.model
        self.kind = importable.label
        self.export = name_of(self.kind, LISTED)
        self.label = lazy(lambda: capfirst(str(model._meta.verbose_name_plural)), str)()
        path = importable.viewset.summit_path
        columns: list[Any] = list(model._meta.many_to_many)
        relations = (
            WrittenModel(column.remote_field.through, f"{column.m2m_field_name()}__{path}", deletes=True)
            for column in columns
        )
        written = (WrittenModel(model, path), *relations, *importable.also)
        self.writes = written if importable.undoable else ()

    @property
    def model(self) -> type[models.Model]:
        """The model of the rows."""
        return self.importable.model

    def exports(self, *, summit: Summit, party_key: str, by: By) -> list[tuple[str, str]]:
        """Return the page that exports the list."""
        opts = self.model._meta
        query: dict[str, str | int] = {f"{self.importable.viewset.summit_path}__id__exact": summit.pk}
        query["summit"] = summit.slug
        address = f"{reverse(f'admin:{opts.app_label}_{opts.model_name}_table')}?{urlencode(query)}"
        return [(address, _("Export: %(list)s") % {"list": self.label})]

    def check_permission(self, *, summit: Summit, party_key: str, by: By) -> None:
        """Raise PermissionDenied unless the account may change the list's rows."""
        if not isinstance(by, User):
            raise PermissionDenied(refusal(READ_IN))
        check(by, READ_IN, summit)
        check(by, self.importable.viewset.permission_for("change"), summit)

    def recognised(self, by: By) -> Recognised:
        """Return a function that counts how many of a row's cells are headings of the list, in any language."""
        assert isinstance(by, User)  # noqa: S101 - check_permission refuses others
        fields_by_heading, other_headings = headings(self.importable, by)
        return lambda cells: len({plain(cell) for cell in cells} & {*fields_by_heading, *other_headings})

    def check_table(self, table: Table, *, summit: Summit, party_key: str, by: By) -> None:
        """Raise ImportProblem if no column of the table identifies its rows."""
        list_row_writer.check_columns(importable=self.importable, summit=summit, table=table, by=by)

    def prepare(self, upload: Upload, rows: slice) -> slice:
        """Return the rows unchanged: what becomes of a row is known when the list's service has written it."""
        return rows

    def preview(self, upload: Upload) -> ImportReport:
        """Write the rows, roll back, and return the report."""
        with transaction.atomic():
            report = self.write(upload, slice(None))
            transaction.set_rollback(True)
        return report

    def write(self, upload: Upload, prepared: slice) -> ImportReport:
        """Write the rows with the services of the list's API, and return the report on them."""
        return list_row_writer.read_in(
            importable=self.importable, summit=upload.summit, table=table_of(upload), rows=prepared, by=upload.by
        )


def register_import(importable: ImportableList) -> ListImport:
    """Register the import of a list, and return its definition. Raises ValueError if the list has one already."""
    definition = ListImport(importable)
    register(definition)
    show_in_exports(importable)
    return definition


def list_imports() -> dict[str, ListImport]:
    """Return the definitions of lists by the labels of their models."""
    return {kind: each for kind, each in DEFINITIONS.items() if isinstance(each, ListImport)}
