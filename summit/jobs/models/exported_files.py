"""The models of exported files. Jobs write the files, and they are stored for some days for the user who asked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.models import PublicModel
from summit.core.personal_data import FILE_CONTENT, DataSubject, ProcessingActivity, personal
from summit.jobs.models.jobs import Job
from summit.users.models import User

EXPORTED_LISTS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To provide long exported lists."),
    stays=_("Deleted after three days."),
    logged=False,
)


class ExportedFile(PublicModel):
    """The file of an exported admin list, written by a job in parts.

    `keys` are the primary keys of the list's rows when the export was requested, in the order of the list. `columns`
    are the columns that the user saw. Search terms are not stored. The parts hold the rows' contents, encrypted.
    """

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="table", verbose_name=_("job"))
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("requested by"))
    # The model's label, such as "summit.venue".
    label = models.CharField(_("list"), max_length=80)
    ending = models.CharField(_("format"), max_length=4)
    language = models.CharField(_("language"), max_length=15)
    keys = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    filters = personal(models.JSONField(default=dict), EXPORTED_LISTS, label=_("filters of the list"))
    # The primary keys of the summits that have rows in the file, and whether it holds personal data.
    summits = models.JSONField(default=list)
    personal = models.BooleanField(default=False)
    # When the file is deleted.
    until = models.DateTimeField(_("kept until"))
    made_at = models.DateTimeField(_("created"), null=True, blank=True)

    class Meta:
        verbose_name = _("exported file")
        verbose_name_plural = _("exported files")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="exported_file_ending_known", condition=Q(ending__in=["csv", "xlsx", "json"]))
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.ending}"


class ExportedFilePart(models.Model):
    """The bytes of some rows of an exported file."""

    table = models.ForeignKey(ExportedFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = personal(EncryptedBytesField(editable=False), EXPORTED_LISTS, label=FILE_CONTENT)

    class Meta:
        verbose_name = _("part of an exported file")
        verbose_name_plural = _("parts of exported files")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["table", "number"], name="exported_file_part_once")]

    def __str__(self) -> str:
        return f"{self.table_id} {self.number}"
