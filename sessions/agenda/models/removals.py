"""Removals of sessions from the public agenda: the public notice and the internal reason."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.agenda.models.releases import Release
from sessions.draft.models.sessions import Session


class PublicNotice(models.TextChoices):
    """What the public record of changes says about a hidden session."""

    CANCELLED = "cancelled", _("“cancelled”")
    REMOVED = "removed", _("“no longer in the public agenda”")
    NONE = "none", _("nothing")


class PublicRemoval(models.Model):
    """The removal of a session from the public agenda by a release.

    Before the release, the public could read the session or knew that it was cancelled. Only desk users may read the
    reason. A database trigger rejects every change.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="removals", verbose_name=_("release"))
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="removals", verbose_name=pgettext_lazy("label", "session")
    )
    notice = models.CharField(_("public notice"), max_length=10, choices=PublicNotice)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("removal from the public agenda")
        verbose_name_plural = _("removals from the public agenda")
        ordering = ["release", "id"]
        constraints = [
            models.UniqueConstraint(fields=["release", "session"], name="public_removal_once"),
            models.CheckConstraint(name="public_removal_notice_known", condition=Q(notice__in=PublicNotice.values)),
            models.CheckConstraint(name="public_removal_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.release}: {self.session}"
