"""The import files of parties and people."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from summit.imports.models import ImportFile, ImportFileManager


class TableKind(models.TextChoices):
    """What an uploaded table is for."""

    PARTIES = "parties", _("delegations")
    PEOPLE = "people", _("people")


class DelegationImportFile(ImportFile):
    """A table of parties or people that a desk or a focal point uploaded."""

    objects: ClassVar[Any] = ImportFileManager(Q(kind__in=TableKind.values))

    class Meta:
        proxy = True
        verbose_name = _("imported file of delegations or people")
        verbose_name_plural = _("imported files of delegations and people")
