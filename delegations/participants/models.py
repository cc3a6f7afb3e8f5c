"""Revisions of the list of participants."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.encrypted_fields import EncryptedTextField
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, ProcessingActivity, personal
from summit.core.validators import validate_printable
from summit.summits.models import Summit
from summit.users.models import User

PARTICIPANT_LISTS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To print the list of participants of each delegation."),
    view="delegations.participantlist.view",
    stays=_("The name is removed when the person is erased. The office stays."),
    logged=False,
)


class ParticipantList(PublicModel):
    """A numbered revision of the list of participants.

    The content is frozen. Order, language and format are chosen when a file is made.
    """

    summit = models.ForeignKey(
        Summit,
        on_delete=models.CASCADE,
        related_name="participant_lists",
        verbose_name=pgettext_lazy("label", "summit"),
    )
    number = models.PositiveIntegerField(_("revision"))
    final = models.BooleanField(_("final"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True, validators=[validate_printable])
    made_at = models.DateTimeField(_("created on"), db_default=Now())
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by"))
    content = personal(EncryptedTextField(_("people listed"), editable=False), PARTICIPANT_LISTS)

    class Meta:
        verbose_name = _("list of participants")
        verbose_name_plural = _("lists of participants")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["summit", "number"], name="participant_list_numbered_once")]

    def __str__(self) -> str:
        return str(_("Revision %(number)d") % {"number": self.number})
