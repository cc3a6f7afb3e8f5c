"""Uploaded files, before and after they are imported."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.encrypted_fields import EncryptedBytesField, EncryptedTextField
from summit.core.models import PUBLIC_ID_LENGTH, PublicModel
from summit.core.personal_data import (
    FILE_CONTENT,
    REPORT,
    DataSubject,
    PersonalDataKind,
    ProcessingActivity,
    personal,
)
from summit.summits.models import Summit
from summit.users.models import User

IMPORT_FILES = ProcessingActivity(
    subjects=DataSubject.UPLOADED,
    purpose=_("To import data from uploaded files."),
    view="summit.importfile.view",
    change="summit.importfile.change",
    kept_as=PersonalDataKind.SCANS,
)


class ImportFile(PublicModel):
    """An uploaded file with the report on its entries: what importing it would do, or what it did.

    The file is imported in one or more steps, each in a transaction: `next_row` entries of `rows` are imported so
    far. The content is deleted with the last step, and the journal, by which an import is undone, after a while.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="import_files", verbose_name=pgettext_lazy("label", "summit")
    )
    # The name of the definition (summit.imports.definitions).
    kind = models.CharField(_("type"), max_length=80)
    # The public id of the party for which a focal point uploaded the file; "" if a desk did.
    party_key = models.CharField(max_length=PUBLIC_ID_LENGTH, blank=True, editable=False, db_index=True)
    options = personal(models.JSONField(default=dict, editable=False), IMPORT_FILES, label=_("options"))
    # Desks name their files. It names nobody who is in the file, so who saw it isn't recorded.
    filename = personal(models.CharField(_("file"), max_length=200), IMPORT_FILES, logged=False)
    content = personal(EncryptedBytesField(editable=False), IMPORT_FILES, label=FILE_CONTENT)
    # "" until the file is previewed.
    report = personal(EncryptedTextField(editable=False), IMPORT_FILES, label=REPORT)
    # Answers to the report's questions, by the questions' keys.
    answers = personal(models.JSONField(default=dict, editable=False), IMPORT_FILES, label=_("answers"))
    journal = personal(EncryptedTextField(editable=False), IMPORT_FILES, label=_("journal"))
    rows = models.PositiveIntegerField(_("entries"))
    next_row = models.PositiveIntegerField(default=0, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("uploaded by")
    )
    applied_at = models.DateTimeField(_("imported"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone on"), null=True, blank=True)

    class Meta:
        verbose_name = _("import file")
        verbose_name_plural = _("import files")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="import_file_rows_at_most", condition=Q(next_row__lte=F("rows"))),
            models.CheckConstraint(
                name="import_file_applied_whole", condition=Q(applied_at__isnull=True) | Q(next_row=F("rows"))
            ),
            models.CheckConstraint(
                name="import_file_undone_after_import", condition=Q(undone_at__isnull=True) | Q(next_row__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class ImportFileManager(models.Manager[Any]):
    """A manager of the import files that match a condition, for the proxy models of the apps."""

    def __init__(self, condition: Q) -> None:
        super().__init__()
        self.condition = condition

    def get_queryset(self) -> models.QuerySet[Any]:
        """Return the import files that match the condition."""
        return super().get_queryset().filter(self.condition)
