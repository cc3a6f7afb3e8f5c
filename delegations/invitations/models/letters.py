"""The models of letter templates and of telephone calls."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.invitations.models.invitations import Invitation
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.core.validators import validate_printable, validate_text
from summit.summits.models import Summit
from summit.users.models import User


class Purpose(models.TextChoices):
    """What a letter template is for."""

    DELEGATION = "delegation", _("invitation to a delegation")
    ORGANISATION = "organisation", _("invitation to an organisation")
    GUEST = "guest", _("invitation to an individual guest")
    OCCASION = "occasion", _("invitation to a session")
    REMINDER = "reminder", _("reminder")
    VISA = "visa", _("visa support letter")


class LetterTemplate(models.Model):
    """The text of a letter in one language. If a summit has none, the system's own text is used.

    Placeholders such as {party} are from a declared list (delegations.invitations.selectors.placeholders); nothing
    else in the text has a special meaning.
    """

    summit = models.ForeignKey(
        Summit,
        on_delete=models.CASCADE,
        related_name="letter_templates",
        verbose_name=pgettext_lazy("label", "summit"),
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200, validators=[validate_printable])
    body = models.TextField(_("text"), max_length=8000, validators=[validate_text])
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ["summit", "purpose", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "purpose", "language"],
                name="letter_template_once",
                violation_error_message=_(
                    "There is already a letter for this purpose in this language. Change that one."
                ),
            ),
            models.CheckConstraint(name="letter_purpose_known", condition=Q(purpose__in=Purpose.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.language})"


class CallOutcome(models.TextChoices):
    """The outcome of a call."""

    ANSWER_COMING = "coming", _("answer expected")
    CALL_BACK = "call_back", _("call back")
    NOBODY = "nobody", _("no reply")
    WRONG = "wrong", _("wrong number")
    ANSWERED = "answered", _("answered")


PHONE_CALLS = ProcessingActivity(
    subjects=DataSubject.REPLIERS,
    purpose=_("To keep a record of calls about an invitation."),
    view="delegations.callnote.view",
    change="delegations.callnote.change",
    kept_as=PersonalDataKind.CONTACT,
)


class CallNote(models.Model):
    """A telephone call from a desk user to a party about its invitation."""

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="calls", verbose_name=pgettext_lazy("label", "invitation")
    )
    at = models.DateTimeField(_("date and time"), auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=CallOutcome)
    note = personal(
        models.CharField(_("note"), max_length=500, blank=True, validators=[validate_printable]), PHONE_CALLS
    )

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(name="call_outcome_known", condition=Q(outcome__in=CallOutcome.values))]

    def __str__(self) -> str:
        return str(self.get_outcome_display())
