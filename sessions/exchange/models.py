"""Uploaded schedules of other conferences."""

from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from summit.imports.models import ImportFile, ImportFileManager

SCHEDULE = "schedule"


class ScheduleImportFile(ImportFile):
    """An uploaded schedule of another conference."""

    objects: ClassVar[Any] = ImportFileManager(Q(kind=SCHEDULE))

    class Meta:
        proxy = True
        app_label = "agenda"
        verbose_name = _("uploaded schedule")
        verbose_name_plural = _("uploaded schedules")
