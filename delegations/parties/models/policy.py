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
days_form = RegexValidator(r"^\s*(\d{1,3}(\s*,\s*\d{1,3})*)?\s*\Z", _("Write days with commas, such as “14, 7, 2”."))


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
    stays=_("Kept with the summit: its letters were signed so."),
    logged=False,
)


class Policy(models.Model):
    """A summit's policy for its parties: flags, deadlines, letters and reminders."""

    summit = models.OneToOneField(
        Summit, on_delete=models.CASCADE, related_name="policy", verbose_name=pgettext_lazy("label", "summit")
    )
    shows_flags = models.BooleanField(
        _("flags are shown"),
        default=True,
        help_text=_("Off: no flag stands anywhere, whatever a delegation’s own rule."),
    )
    says_country = models.BooleanField(
        _("says “country”"), default=True, help_text=_("Off: pages and documents say “participant” instead.")
    )
    parties_public_at = models.DateTimeField(
        _("public list of delegations from"),
        null=True,
        blank=True,
        help_text=_(
            "From then on the public home lists the delegations that have accepted. Leave blank to list none."
        ),
    )
    second_person = models.BooleanField(
        _("letters need a second person"),
        default=False,
        help_text=_("On: whoever prepared an invitation can’t be the one who approves it."),
    )
    total = models.PositiveIntegerField(
        _("people of a delegation in all"),
        null=True,
        blank=True,
        help_text=_("Empty: as many as its categories allow."),
    )
    name_by = models.DateTimeField(_("people to be named by"), null=True, blank=True)
    confirm_by = models.DateTimeField(_("people to be confirmed by"), null=True, blank=True)
    reminder_days = models.CharField(
        _("reminders"),
        max_length=60,
        blank=True,
        default="14, 7, 2",
        validators=[days_form],
        help_text=_("Days before answers are due. Empty: none."),
    )
    letter_sender = personal(
        models.TextField(
            _("letterhead"),
            max_length=500,
            blank=True,
            validators=[validate_text],
            help_text=_("The host’s name and address, as it stands at the head of letters."),
        ),
        SIGNATORIES,
    )
    signatory_name = personal(
        models.CharField(_("letters are signed by"), max_length=200, blank=True, validators=[validate_printable]),
        SIGNATORIES,
    )
    signatory_office = personal(
        models.CharField(_("office of whoever signs"), max_length=200, blank=True, validators=[validate_printable]),
        SIGNATORIES,
    )
    letter_words = models.JSONField(
        _("letterhead and who signs, in other languages"),
        default=dict,
        blank=True,
        validators=[validate_letter_words],
    )
    reference_prefix = models.CharField(
        _("letters’ references begin with"), max_length=40, blank=True, validators=[validate_printable]
    )

    objects = PolicyManager()

    class Meta:
        verbose_name = _("policy for delegations")
        verbose_name_plural = _("policies for delegations")
        constraints = [
            models.CheckConstraint(
                name="policy_confirmed_after_named",
                condition=Q(name_by__isnull=True) | Q(confirm_by__isnull=True) | Q(confirm_by__gte=F("name_by")),
                violation_error_message=_("People would be confirmed before they are named. Give a later moment."),
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
