"""The import files that desks upload for lists."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.encrypted_fields import EncryptedBytesField, EncryptedTextField
from summit.core.models import PublicModel
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

UPLOADED_LISTS = ProcessingActivity(
    subjects=DataSubject.UPLOADED,
    purpose=_("To fill lists from uploaded files."),
    view="summit.listimportfile.view",
    change="summit.read_in_list",
    kept_as=PersonalDataKind.SCANS,
    logged=False,
)


class ListImportFile(PublicModel):
    """An uploaded table for an admin list, with the report on its rows."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    # The model's label, such as "summit.venue".
    label = models.CharField(_("list"), max_length=80)
    filename = personal(models.CharField(_("file"), max_length=200), UPLOADED_LISTS)
    # Emptied once the table is applied.
    content = personal(EncryptedBytesField(editable=False), UPLOADED_LISTS, label=FILE_CONTENT)
    report = personal(EncryptedTextField(editable=False), UPLOADED_LISTS, label=REPORT)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by"), null=True
    )
    applied_at = models.DateTimeField(_("taken over"), null=True, blank=True)

    class Meta:
        verbose_name = _("table for a list")
        verbose_name_plural = _("tables for lists")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename
