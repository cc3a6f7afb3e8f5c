"""Documents of sessions, which readers of the session may open in the portal."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.draft.models.sessions import Session
from summit.core.encrypted_fields import EncryptedBytesField
from summit.core.models import PublicModel
from summit.core.validators import validate_printable
from summit.users.models import User


class Document(PublicModel):
    """A document of a session. Its content never changes; a new version is a new document.

    Removed documents stay stored, because older releases still list them.
    """

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="documents", verbose_name=pgettext_lazy("label", "session")
    )
    title = models.CharField(_("title"), max_length=200, validators=[validate_printable])
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    position = models.PositiveIntegerField(_("order"), default=0)
    file_name = models.CharField(_("file"), max_length=150, editable=False)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveIntegerField(_("size"), editable=False, help_text=_("In bytes."))
    digest = models.CharField("SHA-256", max_length=64, editable=False)
    content = EncryptedBytesField(editable=False)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", editable=False, verbose_name=_("added by")
    )
    removed_at = models.DateTimeField(_("removed on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["session", "position", "id"]
        constraints = [
            models.CheckConstraint(name="document_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.title
