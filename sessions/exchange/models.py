"""Uploaded schedules of other conferences, before they are imported."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.visibility.models import Visibility
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

UPLOADED_SCHEDULES = ProcessingActivity(
    subjects=DataSubject.UPLOADED,
    purpose=_("To take sessions over from uploaded schedules."),
    view="agenda.scheduleimportfile.view",
    change="agenda.edit",
    kept_as=PersonalDataKind.SCANS,
)


class ScheduleImportFile(PublicModel):
    """An uploaded schedule with the report on its events. The content is deleted when the schedule is imported."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="schedule_files", verbose_name=pgettext_lazy("label", "summit")
    )
    filename = personal(models.CharField(_("file"), max_length=200), UPLOADED_SCHEDULES)
    # The visibility of new sessions.
    visibility = models.CharField(_("visible to"), max_length=20, choices=Visibility, default=Visibility.PARTICIPANTS)
    content = personal(EncryptedBytesField(editable=False), UPLOADED_SCHEDULES, label=FILE_CONTENT)
    # "" until the events have been checked.
    report = personal(EncryptedTextField(editable=False), UPLOADED_SCHEDULES, label=REPORT)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("uploaded by")
    )
    applied_at = models.DateTimeField(_("taken over"), null=True, blank=True)

    class Meta:
        verbose_name = _("uploaded schedule")
        verbose_name_plural = _("uploaded schedules")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="schedule_import_file_visibility_known", condition=Q(visibility__in=Visibility.values)
            )
        ]

    def __str__(self) -> str:
        return self.filename
