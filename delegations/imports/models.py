"""The model of import files of parties and people."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.core.encrypted_fields import EncryptedBytesField, EncryptedTextField
from summit.core.models import PublicModel
from summit.summits.models import Summit
from summit.users.models import User


class ImportPurpose(models.TextChoices):
    """What an uploaded table is for."""

    PARTIES = "parties", _("parties")
    PEOPLE = "people", _("people")


class DelegationImportFile(PublicModel):
    """A table that somebody uploaded, and the report on what its rows would do or have done."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="import_files", verbose_name=pgettext_lazy("label", "summit")
    )
    # The party of the focal point who uploaded it. Null if a desk user did: such a table may name many parties.
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="import_files",
        verbose_name=pgettext_lazy("label", "party"),
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=ImportPurpose)
    filename = models.CharField(_("file"), max_length=200)
    content = EncryptedBytesField(editable=False)
    report = EncryptedTextField(editable=False)
    # Answers to the report's questions, by the questions' keys.
    answers = models.JSONField(default=dict, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("uploaded by")
    )
    applied_at = models.DateTimeField(_("taken over"), null=True, blank=True)

    class Meta:
        verbose_name = _("uploaded table")
        verbose_name_plural = _("uploaded tables")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="import_file_purpose_known", condition=Q(purpose__in=ImportPurpose.values))
        ]

    def __str__(self) -> str:
        return self.filename
