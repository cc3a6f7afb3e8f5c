"""The import files of the desk's lists."""

from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from summit.imports.models import ImportFile, ImportFileManager


class ListImportFile(ImportFile):
    """An uploaded table for a list of the desk. Its kind is the label of the list's model, such as "summit.venue"."""

    objects: ClassVar[Any] = ImportFileManager(Q(kind__contains="."))

    class Meta:
        proxy = True
        verbose_name = _("imported list")
        verbose_name_plural = _("imported lists")
