"""What the press office publishes: texts, their languages, and every edition of each."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from press.models.lifts import Lift
from sessions.models import Slot
from summit.models import Summit, User
from summit.models.fields import PublicModel
from summit.models.validators import validate_printable

# Addresses of the press site itself; press/urls.py is tested against this list.
RESERVED_TEXT_SLUGS = frozenset({"feed", "subscribe", "subscription", "search", "sitemap", "topics", "media", "new"})

text_slug_form = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters, digits and single hyphens, such as “opening-address”.")
)


def validate_text_slug(value: str) -> None:
    """Refuse an address of the press site itself, or one that reads like a language."""
    if value in RESERVED_TEXT_SLUGS or value in dict(settings.LANGUAGES):
        raise ValidationError(
            _("“%(slug)s” is an address of the press site itself. Choose another."),
            code="reserved",
            params={"slug": value},
        )


class TextKind(models.TextChoices):
    """What a text is."""

    TRANSCRIPT = "transcript", _("transcript")
    STATEMENT = "statement", _("statement")
    NOTICE = "notice", _("press notice")
    JOINT = "joint", _("joint statement")
    COMMUNIQUE = "communique", _("communiqué")
    ADVISORY = "advisory", _("media advisory")


class Wording(models.TextChoices):
    """How a transcript's words relate to what was said."""

    PREPARED = "prepared", _("prepared; check against delivery")
    DELIVERED = "delivered", _("as delivered")
    NOTES = "notes", _("speaker's notes")
    NONE = "none", _("not a speech")


class Text(PublicModel):
    """One thing that is published, in one or more languages, when its lift lifts."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="texts", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=TextKind, default=TextKind.TRANSCRIPT)
    slug = models.CharField(
        _("address"),
        max_length=100,
        validators=[text_slug_form, validate_text_slug],
        help_text=_("The last part of the text's address on the press site."),
    )
    slot = models.ForeignKey(
        Slot, on_delete=models.PROTECT, null=True, blank=True, related_name="texts", verbose_name=_("speech")
    )
    wording = models.CharField(_("wording"), max_length=10, choices=Wording, default=Wording.NONE)
    lift = models.ForeignKey(Lift, on_delete=models.PROTECT, related_name="texts", verbose_name=_("goes out"))
    contact = models.CharField(
        _("contact for the press"), max_length=200, blank=True, validators=[validate_printable]
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("withdrawn by")
    )
    withdrawal_reason = models.TextField(_("reason for withdrawal"), blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["summit", "slug"], name="text_slug_once"),
            models.CheckConstraint(name="text_kind_known", condition=Q(kind__in=TextKind.values)),
            models.CheckConstraint(
                name="text_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class TextVersion(PublicModel):
    """A text in one language. One language is authoritative; the others are translations."""

    text = models.ForeignKey(
        Text, on_delete=models.CASCADE, related_name="versions", verbose_name=pgettext_lazy("label", "text")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    authoritative = models.BooleanField(_("authoritative"), default=False)

    class Meta:
        verbose_name = _("language version")
        verbose_name_plural = _("language versions")
        ordering = ["text", "-authoritative", "language"]
        constraints = [
            models.UniqueConstraint(fields=["text", "language"], name="version_language_once"),
            models.UniqueConstraint(
                fields=["text"], name="version_authoritative_once", condition=Q(authoritative=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} ({self.language})"


class EditionState(models.TextChoices):
    """What has been decided about an edition. Scheduled, under embargo and published are no states: the predicate
    of press.models.visibility derives them from the lift."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    CHANGES_ASKED = "changes_asked", _("changes asked")
    APPROVED = "approved", _("approved")


# The one table of what may follow what. A new wording is a new edition, never a state.
TRANSITIONS: dict[str, frozenset[str]] = {
    EditionState.DRAFT: frozenset({EditionState.IN_REVIEW}),
    EditionState.IN_REVIEW: frozenset({EditionState.CHANGES_ASKED, EditionState.APPROVED}),
    EditionState.CHANGES_ASKED: frozenset({EditionState.IN_REVIEW}),
    EditionState.APPROVED: frozenset(),
}


class Edition(PublicModel):
    """The words of a version at one moment. Its words never change: a trigger holds them."""

    version = models.ForeignKey(
        TextVersion,
        on_delete=models.CASCADE,
        related_name="editions",
        verbose_name=pgettext_lazy("label", "language version"),
    )
    number = models.PositiveIntegerField(pgettext_lazy("label", "edition"))
    title = models.CharField(_("title"), max_length=200, validators=[validate_printable])
    summary = models.TextField(_("summary"), blank=True, validators=[validate_printable])
    body = models.TextField(_("text"), help_text=_("Markdown."), validators=[validate_printable])
    change_note = models.CharField(
        _("what changed"),
        max_length=300,
        blank=True,
        validators=[validate_printable],
        help_text=_("Shown to readers once an edition before this one has been published."),
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by"))
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=20, choices=EditionState, default=EditionState.DRAFT)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_note = models.TextField(_("remark of the reviewer"), blank=True, validators=[validate_printable])

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["version", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="edition_number_once"),
            models.CheckConstraint(name="edition_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="edition_state_known", condition=Q(state__in=EditionState.values)),
            # The second pair of eyes: nobody approves their own words.
            models.CheckConstraint(
                name="edition_approved_by_another",
                condition=~Q(state=EditionState.APPROVED)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("author"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"
