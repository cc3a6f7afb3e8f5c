"""Files attached to texts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from press.texts.models.texts import Text, validate_language
from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.users.models import User


class Attachment(PublicModel):
    """A file of a text. The content never changes. The file is public once an edition that has it is public."""

    text = models.ForeignKey(
        Text, on_delete=models.CASCADE, related_name="files", verbose_name=pgettext_lazy("label", "text")
    )
    title = models.CharField(_("title"), max_length=200, validators=[validate_printable])
    language = models.CharField(_("language"), max_length=10, validators=[validate_language])
    file_name = models.CharField(_("file"), max_length=150, editable=False)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveIntegerField(_("size"), editable=False, help_text=_("In bytes."))
    digest = models.CharField("SHA-256", max_length=64, editable=False)
    content = EncryptedBytesField(editable=False)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name=_("added by")
    )

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["text", "id"]
        constraints = [
            models.CheckConstraint(name="attachment_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.title
