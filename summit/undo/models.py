"""What can still be undone: the act of a user, and each audited action of which it consists."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from summit.audit.models import AuditEntry
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, ProcessingActivity, personal
from summit.users.models import User

# How long an act can be undone, by the database's clock.
LASTS = timedelta(minutes=10)
UNDO_OFFERS = ProcessingActivity(
    subjects=DataSubject.ACCOUNTS,
    purpose=_("To undo mistakes."),
    stays=_("Deleted after ten minutes."),
    logged=False,
)


class UndoOfferQuerySet(models.QuerySet["UndoOffer"]):
    """A QuerySet of undo offers."""

    def open(self) -> "UndoOfferQuerySet":
        """Return the offers that can be taken: not undone, and not older than LASTS by the database's clock."""
        return self.filter(undone_at__isnull=True, at__gt=Now() - LASTS)

    def expired(self) -> "UndoOfferQuerySet":
        """Return the offers that are older than LASTS."""
        return self.filter(at__lte=Now() - LASTS)


class UndoOffer(PublicModel):
    """An act that can be undone once, as a whole. A bulk action is one act with a step for each row."""

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("by"))
    # The act's name if it is done in several transactions, such as "job:<public id>"; else "".
    key = models.CharField(_("key"), max_length=80, blank=True)
    at = models.DateTimeField(_("date and time"), db_default=Now())
    undone_at = models.DateTimeField(_("undone on"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

    objects = UndoOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("action that can be undone")
        verbose_name_plural = _("actions that can be undone")
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="undo_offer_key_once", condition=~Q(key="")),
            models.CheckConstraint(
                name="undo_offer_undone_whole",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["at"], name="undo_offer_age")]

    def __str__(self) -> str:
        return self.public_id


class UndoStep(models.Model):
    """One audited action of an act, with the keys that its undoing needs. It holds no personal values."""

    offer = models.ForeignKey(UndoOffer, on_delete=models.CASCADE, related_name="steps")
    entry = models.OneToOneField(AuditEntry, on_delete=models.CASCADE, related_name="undo_step")
    data = personal(models.JSONField(_("detail"), default=dict), UNDO_OFFERS)

    class Meta:
        verbose_name = _("step of an action that can be undone")
        verbose_name_plural = _("steps of actions that can be undone")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.entry)
