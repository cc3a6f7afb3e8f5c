"""A summit's policy for its parties: flags, deadlines, letters and reminders."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.personal_data import DataSubject, ProcessingActivity, personal
from summit.core.validators import validate_printable, validate_text
from summit.summits.models import Summit
from summit.summits.translated_names import validate_texts

# The texts of letters that exist in several languages, with their maximum length.
LETTER_TEXTS = {"letter_sender": 500, "signatory_name": 200, "signatory_office": 200}
days_form = RegexValidator(
    r"^\s*(\d{1,3}(\s*,\s*\d{1,3})*)?\s*\Z", _("Separate days with commas, such as “14, 7, 2”.")
)


def validate_letter_words(value: object) -> None:
    """Raise ValidationError unless the value is a dict from language to texts with names from LETTER_TEXTS."""
    validate_texts(value, LETTER_TEXTS, several=("letter_sender",))


class PolicyManager(models.Manager["Policy"]):
    """The manager of policies, which has default policies too."""

    def of(self, summit: Summit) -> "Policy":
        """Return a summit's policy, or an unsaved one with default values. Makes one query."""
        return self.filter(summit=summit).first() or Policy(summit=summit)


SIGNATORIES = ProcessingActivity(
    subjects=DataSubject.HOSTS,
    purpose=_("To sign the letters of the summit."),
    view="delegations.policy.view",
    change="delegations.policy.change",
    stays=_("Kept with the summit as part of its signed letters."),
    logged=False,
)


class Policy(models.Model):
    """A summit's policy for its parties: flags, deadlines, letters and reminders."""

    summit = models.OneToOneField(
        Summit, on_delete=models.CASCADE, related_name="policy", verbose_name=pgettext_lazy("label", "summit")
    )
    shows_flags = models.BooleanField(
        _("show flags"),
        default=True,
        help_text=_("Turn off to hide all flags."),
    )
    says_country = models.BooleanField(
        _("use the word “country”"), default=True, help_text=_("Turn off to use “participant” instead.")
    )
    parties_public_at = models.DateTimeField(
        _("list of delegations public from"),
        null=True,
        blank=True,
        help_text=_(
            "From this time, the public home page lists the delegations that have accepted. Leave blank to list none."
        ),
    )
    second_person = models.BooleanField(
        _("require a second person to approve letters"),
        default=False,
        help_text=_("The person who prepares an invitation can’t approve it."),
    )
    total = models.PositiveIntegerField(
        _("maximum people per delegation"),
        null=True,
        blank=True,
        help_text=_("Leave blank to use only the category limits."),
    )
    protocol_places = models.PositiveIntegerField(
        _("additional places that protocol can give"),
        null=True,
        blank=True,
        help_text=_("For single delegations, all together. Leave blank to let only organisers raise quotas."),
    )
    name_by = models.DateTimeField(_("naming deadline"), null=True, blank=True)
    confirm_by = models.DateTimeField(_("confirmation deadline"), null=True, blank=True)
    reminder_days = models.CharField(
        _("reminders"),
        max_length=60,
        blank=True,
        default="14, 7, 2",
        validators=[days_form],
        help_text=_("Days before the deadline for answers. Leave blank for no reminders."),
    )
    letter_sender = personal(
        models.TextField(
            _("letterhead"),
            max_length=500,
            blank=True,
            validators=[validate_text],
            help_text=_("The host’s name and address, printed at the top of letters."),
        ),
        SIGNATORIES,
    )
    signatory_name = personal(
        models.CharField(_("signatory of letters"), max_length=200, blank=True, validators=[validate_printable]),
        SIGNATORIES,
    )
    signatory_office = personal(
        models.CharField(_("office of the signatory"), max_length=200, blank=True, validators=[validate_printable]),
        SIGNATORIES,
    )
    letter_words = models.JSONField(
        _("letterhead and signatory in other languages"),
        default=dict,
        blank=True,
        validators=[validate_letter_words],
    )
    reference_prefix = models.CharField(
        _("prefix for letter references"), max_length=40, blank=True, validators=[validate_printable]
    )

    objects = PolicyManager()

    class Meta:
        verbose_name = _("delegation policy")
        verbose_name_plural = _("delegation policies")
        constraints = [
            models.CheckConstraint(
                name="policy_confirmed_after_named",
                condition=Q(name_by__isnull=True) | Q(confirm_by__isnull=True) | Q(confirm_by__gte=F("name_by")),
                violation_error_message=_("Set the confirmation deadline after the naming deadline."),
            )
        ]

    def __str__(self) -> str:
        return str(self.summit)

    def letter_word(self, text: str, language: str) -> str:
        """Return a text (a key of LETTER_TEXTS) in a language, or else in the summit's first language."""
        texts: dict[str, str] = self.letter_words.get(language, {}) if language != self.summit.language else {}
        return texts.get(text) or str(getattr(self, text))

    def signs(self, language: str) -> list[str]:
        """Return the lines of a letter's signature in a language: the signatory's name and office, if not empty."""
        signature = (self.letter_word(text, language) for text in ("signatory_name", "signatory_office"))
        return [" ".join(line.split()) for line in signature if line.strip()]

    @property
    def reminds(self) -> list[int]:
        """The days before answers are due on which reminders are sent, the earliest reminder first."""
        return sorted({int(part) for part in self.reminder_days.split(",") if part.strip()}, reverse=True)
