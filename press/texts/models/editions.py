"""The editions of a text in one language, and the decisions about them."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from press.texts.models.attachments import Attachment
from press.texts.models.texts import TextVersion
from summit.core.models import PublicModel
from summit.core.personal_data import PUBLISHED_WORDS, DataSubject, ProcessingActivity, personal
from summit.core.validators import validate_printable, validate_text
from summit.users.models import User


class EditionState(models.TextChoices):
    """The stored state of an edition, which decisions change.

    "Scheduled", "under embargo" and "published" aren't stored: press.texts.models.visibility derives them from the
    embargo.
    """

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    CHANGES_ASKED = "changes_asked", _("changes requested")
    APPROVED = "approved", _("approved")


class ChangeKind(models.TextChoices):
    """Why an edition replaces a published one: the published edition was wrong, or could be misunderstood."""

    CORRECTION = "correction", _("correction")
    CLARIFICATION = "clarification", _("clarification")


PUBLISHED_TEXTS = ProcessingActivity(
    subjects=DataSubject.SPEAKERS,
    purpose=_("To publish what is said at the summit."),
    view="press.text.view",
    change="press.text.change",
    stays=PUBLISHED_WORDS,
    logged=False,
)


class Edition(PublicModel):
    """Title, summary and body of a language version at one time. A database trigger prevents changes to them."""

    version = models.ForeignKey(
        TextVersion,
        on_delete=models.CASCADE,
        related_name="editions",
        verbose_name=pgettext_lazy("label", "language version"),
    )
    number = models.PositiveIntegerField(pgettext_lazy("label", "edition"))
    title = personal(models.CharField(_("title"), max_length=200, validators=[validate_printable]), PUBLISHED_TEXTS)
    summary = personal(models.TextField(_("summary"), blank=True, validators=[validate_text]), PUBLISHED_TEXTS)
    body = personal(
        models.TextField(_("text"), help_text=_("Markdown."), validators=[validate_text]), PUBLISHED_TEXTS
    )
    change_kind = models.CharField(
        _("type of change"),
        max_length=20,
        choices=ChangeKind,
        blank=True,
        help_text=_("Only if an earlier edition is published."),
    )
    change_note = models.CharField(
        _("what changed"),
        max_length=300,
        blank=True,
        validators=[validate_printable],
        help_text=_("Shown to readers if an earlier edition is published."),
    )
    # The anchors of the body's paragraphs in order; empty if the paragraphs are numbered ("p-1", "p-2" ...).
    anchors = models.JSONField(default=list, blank=True, editable=False)
    # For a translation: the number of the authoritative edition that was translated.
    translates = models.PositiveIntegerField(
        _("translation of edition"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    attachments = models.ManyToManyField(
        Attachment, through="EditionAttachment", related_name="editions", verbose_name=_("attachments")
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=20, choices=EditionState, default=EditionState.DRAFT)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decision_note = models.TextField(_("reviewer’s comment"), blank=True, validators=[validate_text])
    emergency_reason = models.CharField(
        _("reason for approving without a second person"),
        max_length=300,
        blank=True,
        validators=[validate_printable],
    )
    afterwards_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("later reviewed by"),
    )
    afterwards_at = models.DateTimeField(_("later reviewed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["version", "-number"]
        # By it feeds find what changed last.
        indexes = [models.Index(fields=["decided_at"], name="edition_by_decision")]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="edition_number_once"),
            models.CheckConstraint(name="edition_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="edition_state_known", condition=Q(state__in=EditionState.values)),
            models.CheckConstraint(
                name="edition_change_known", condition=Q(change_kind__in=["", *ChangeKind.values])
            ),
            models.CheckConstraint(
                name="edition_change_has_reason", condition=Q(change_kind="") | ~Q(change_note="")
            ),
            # Nobody approves their own words, except in an emergency with a reason.
            models.CheckConstraint(
                name="edition_approved_by_another",
                condition=~Q(state=EditionState.APPROVED)
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & (~Q(decided_by=F("author")) | ~Q(emergency_reason=""))
                ),
            ),
            models.CheckConstraint(
                name="edition_emergency_is_approved",
                condition=Q(emergency_reason="") | Q(state=EditionState.APPROVED),
            ),
            # The review after an emergency approval is made by a second person, neither the author nor the approver.
            models.CheckConstraint(
                name="edition_afterwards_by_another",
                condition=Q(afterwards_by__isnull=True, afterwards_at__isnull=True)
                | (
                    Q(afterwards_by__isnull=False, afterwards_at__isnull=False)
                    & ~Q(emergency_reason="")
                    & ~Q(afterwards_by=F("author"))
                    & ~Q(afterwards_by=F("decided_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class EditionAttachment(models.Model):
    """A file attached to an edition. Each edition has its own list, which may repeat files of earlier editions."""

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="attached", verbose_name=pgettext_lazy("label", "edition")
    )
    attachment = models.ForeignKey(
        Attachment, on_delete=models.CASCADE, related_name="attached", verbose_name=_("attachment")
    )
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("edition attachment")
        verbose_name_plural = _("edition attachments")
        ordering = ["edition", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "attachment"], name="attached_once"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.attachment_id}"
