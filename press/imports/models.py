"""Uploaded archives of speeches."""

from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from summit.imports.models import ImportFile, ImportFileManager

SPEECHES = "speeches"


class SpeechImportFile(ImportFile):
    """An uploaded archive of speeches."""

    objects: ClassVar[Any] = ImportFileManager(Q(kind=SPEECHES))

    class Meta:
        proxy = True
        app_label = "press"
        verbose_name = _("archive of speeches")
        verbose_name_plural = _("archives of speeches")
