"""Tables that long work makes of lists: kept for some days for whoever asked for them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.models import PublicModel
from summit.jobs.models.jobs import Job
from summit.users.models import User


class ExportedFile(PublicModel):
    """A list of the admin as a file, made by a job in parts.

    `keys` are the rows that the list showed when it was asked for, in its order; `columns` those that its reader saw.
    Nothing of what somebody typed into its search is kept. Its parts hold what is in the rows, and are encrypted.
    """

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="table", verbose_name=_("job"))
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked for by"))
    # Of which model, such as "summit.venue".
    label = models.CharField(_("list"), max_length=80)
    ending = models.CharField(_("format"), max_length=4)
    language = models.CharField(_("language"), max_length=15)
    keys = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    filters = models.JSONField(default=dict)
    # The keys of the summits whose rows are in it, and whether personal data is.
    summits = models.JSONField(default=list)
    personal = models.BooleanField(default=False)
    # When it goes.
    until = models.DateTimeField(_("kept until"))
    made_at = models.DateTimeField(_("made"), null=True, blank=True)

    class Meta:
        verbose_name = _("kept table")
        verbose_name_plural = _("kept tables")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="exported_file_ending_known", condition=Q(ending__in=["csv", "xlsx", "json"]))
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.ending}"


class ExportedFilePart(models.Model):
    """Some of a kept table's rows, as bytes of its file."""

    table = models.ForeignKey(ExportedFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = EncryptedBytesField(editable=False)

    class Meta:
        verbose_name = _("part of a kept table")
        verbose_name_plural = _("parts of kept tables")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["table", "number"], name="exported_file_part_once")]

    def __str__(self) -> str:
        return f"{self.table_id} {self.number}"
