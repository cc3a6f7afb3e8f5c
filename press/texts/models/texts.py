"""Texts and their language versions."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from press.texts.models.embargoes import Embargo
from press.texts.models.topics import Topic
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import MediaAccess, Session
from summit.core.languages import calls_itself, is_language_code
from summit.core.models import PublicModel
from summit.core.personal_data import PUBLISHED_WORDS, DataSubject, ProcessingActivity, personal
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User

# Path segments of the press site itself; a test compares press/public/urls.py with this list.
RESERVED_TEXT_SLUGS = frozenset(
    {"feed", "subscribe", "subscription", "search", "sitemap", "topics", "media", "new", "oembed"}
)

text_slug_form = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use lower-case letters, digits and single hyphens, such as “opening-address”.")
)


def validate_text_slug(value: str) -> None:
    """Raise ValidationError if a slug is a language code or a path segment of the press site itself."""
    if value in RESERVED_TEXT_SLUGS or is_language_code(value):
        raise ValidationError(
            _("The press site itself uses the address “%(slug)s”. Choose another address."),
            code="reserved",
            params={"slug": value},
        )


def validate_language(value: str) -> None:
    """Raise ValidationError unless a value is the code of a natural language."""
    if not is_language_code(value):
        raise ValidationError(
            _("“%(code)s” is not a known language. Choose one from the list."),
            code="language",
            params={"code": value},
        )


class TextKind(models.TextChoices):
    """The kind of a text."""

    TRANSCRIPT = "transcript", _("transcript")
    STATEMENT = "statement", _("statement")
    NOTICE = "notice", _("press notice")
    JOINT = "joint", _("joint statement")
    COMMUNIQUE = "communique", _("communiqué")
    SUMMARY = "summary", _("chair's summary")
    ADVISORY = "advisory", _("media advisory")


class Wording(models.TextChoices):
    """How the words of a transcript relate to the spoken words. Texts of other kinds have NONE."""

    PREPARED = "prepared", _("prepared; check against delivery")
    DELIVERED = "delivered", _("as delivered")
    NOTES = "notes", _("speaker's notes")
    NONE = "none", _("not a speech")


PRESS_CONTACTS = ProcessingActivity(
    subjects=DataSubject.PRESS_CONTACTS,
    purpose=_("To give journalists a contact."),
    view="press.text.view",
    change="press.text.change",
    stays=PUBLISHED_WORDS,
    logged=False,
)


class Text(PublicModel):
    """A text of the press office, published in one or more languages when its embargo ends."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="texts", verbose_name=pgettext_lazy("label", "summit")
    )
    kind = models.CharField(_("type"), max_length=20, choices=TextKind, default=TextKind.TRANSCRIPT)
    slug = models.CharField(
        _("address"),
        max_length=100,
        validators=[text_slug_form, validate_text_slug],
        help_text=_("The last part of the text’s address on the press site."),
    )
    slot = models.ForeignKey(
        Slot, on_delete=models.PROTECT, null=True, blank=True, related_name="texts", verbose_name=_("speech")
    )
    wording = models.CharField(_("wording"), max_length=10, choices=Wording, default=Wording.NONE)
    prepared = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="delivered",
        verbose_name=_("prepared text"),
        help_text=_("For a text as delivered: the prepared text it is based on."),
    )
    comparison_public = models.BooleanField(
        _("public comparison"),
        default=False,
        help_text=_("Readers can see where the delivered text differs from the prepared text."),
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="press_texts",
        verbose_name=pgettext_lazy("label", "session"),
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="texts", verbose_name=_("topics"))
    people = models.ManyToManyField(Person, blank=True, related_name="texts", verbose_name=_("people concerned"))
    media_access = models.CharField(
        _("media"),
        max_length=10,
        choices=MediaAccess,
        blank=True,
        help_text=_("Media advisories only: who may attend."),
    )
    gather_place = models.CharField(
        _("media meeting point"), max_length=200, blank=True, validators=[validate_printable]
    )
    gather_at = models.DateTimeField(_("media meeting time"), null=True, blank=True)
    embargo = models.ForeignKey(
        Embargo, on_delete=models.PROTECT, related_name="texts", verbose_name=_("publication")
    )
    contact = personal(
        models.CharField(_("press contact"), max_length=200, blank=True, validators=[validate_printable]),
        PRESS_CONTACTS,
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("withdrawn by")
    )
    withdrawal_reason = models.TextField(_("reason for withdrawal"), blank=True, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("removed by")
    )
    removal_reason = models.TextField(_("reason for removal"), blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["-id"]
        # By it feeds find what was withdrawn last.
        indexes = [models.Index(fields=["summit", "withdrawn_at"], name="text_of_summit_by_withdrawal")]
        constraints = [
            models.UniqueConstraint(fields=["summit", "slug"], name="text_slug_once"),
            models.CheckConstraint(name="text_kind_known", condition=Q(kind__in=TextKind.values)),
            models.CheckConstraint(
                name="text_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
            ),
            models.CheckConstraint(
                name="text_removed_whole",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removal_reason="")
                | (
                    Q(removed_at__isnull=False, removed_by__isnull=False, withdrawn_at__isnull=False)
                    & ~Q(removal_reason="")
                ),
            ),
            models.CheckConstraint(name="text_media_known", condition=Q(media_access__in=["", *MediaAccess.values])),
            # Only a text as delivered has a prepared text, and never itself.
            models.CheckConstraint(
                name="text_prepared_of_delivered",
                condition=Q(prepared__isnull=True)
                | (Q(kind=TextKind.TRANSCRIPT, wording=Wording.DELIVERED) & ~Q(prepared=models.F("pk"))),
            ),
            models.UniqueConstraint(
                fields=["prepared"],
                name="text_delivered_once",
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message=_("This prepared text already has a text as delivered. Change that one."),
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class TextVersion(PublicModel):
    """A text in one language. One version of each text is authoritative, and the others are translations."""

    text = models.ForeignKey(
        Text, on_delete=models.CASCADE, related_name="versions", verbose_name=pgettext_lazy("label", "text")
    )
    language = models.CharField(_("language"), max_length=10, validators=[validate_language])
    authoritative = models.BooleanField(_("authoritative"), default=False)
    added_at = models.DateTimeField(_("added"), db_default=Now())

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

    @property
    def language_name(self) -> str:
        """The name of the language in the language itself, such as "français"."""
        return calls_itself(self.language)
