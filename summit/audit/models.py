"""Models of the audit: entries, which are only ever appended, and the end of their chain."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.personal_data import DataSubject, ProcessingActivity, personal
from summit.users.models import User

AUDIT = ProcessingActivity(
    subjects=DataSubject.ACCOUNTS,
    purpose=_("To record who did what and when."),
    view="summit.auditentry.view",
    stays=_("Kept. A chain proves that no entry was changed. Entries hold IDs, not personal data."),
    logged=False,
)


class AuditEntry(models.Model):
    """The record of one action. It holds keys and field names, never personal values.

    Erasing personal data therefore doesn't break the chain. A sweep fills `position`, `previous` and `digest` after
    the row is committed (summit.audit.services). If entries were chained within the action's transaction, all writers
    would wait for one another.
    """

    summit = models.ForeignKey(
        "summit.Summit",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "summit"),
    )
    at = models.DateTimeField(_("date and time"), db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    # For actors without an account: "system", or "link:<public id>" for a letter's link.
    by_label = personal(models.CharField(_("acting as"), max_length=60, blank=True), AUDIT)
    action = models.CharField(_("action"), max_length=60)
    object_type = models.CharField(_("object type"), max_length=60)
    object_key = personal(models.CharField(_("object"), max_length=60), AUDIT)
    # The row that the object belongs to, as "delegations.party:<key>", so that its history still has deleted parts.
    part_of = personal(models.CharField(_("part of"), max_length=121, blank=True), AUDIT)
    fields = models.JSONField(_("fields"), default=list)
    detail = personal(models.JSONField(_("detail"), default=dict), AUDIT)
    position = models.PositiveBigIntegerField(_("position"), null=True, unique=True, editable=False)
    previous = models.CharField(_("previous digest"), max_length=64, blank=True, editable=False)
    digest = models.CharField(_("digest"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_key"], name="audit_by_object"),
            models.Index(fields=["part_of", "id"], name="audit_by_whole", condition=~Q(part_of="")),
            models.Index(fields=["summit", "id"], name="audit_by_summit"),
            models.Index(fields=["by", "id"], name="audit_by_account"),
            models.Index(fields=["action", "id"], name="audit_by_action"),
            models.Index(fields=["id"], name="audit_unchained", condition=Q(position__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="audit_chained_whole",
                condition=Q(position__isnull=True, digest="") | (Q(position__isnull=False) & ~Q(digest="")),
            ),
            models.CheckConstraint(name="audit_has_actor", condition=Q(by__isnull=False) | ~Q(by_label="")),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_key}"


class AuditChain(models.Model):
    """The end of the chain, in a single row. `services.chain` locks the row while it chains entries."""

    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = _("end of the audit chain")
        verbose_name_plural = _("ends of the audit chain")
        constraints = [models.CheckConstraint(name="audit_chain_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"{self.length} {self.head}"
