"""The model of people. A person may have no account, and several people may share a mailbox."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.models import PublicModel
from summit.core.validators import validate_printable, validate_time_zone
from summit.summits.models import Summit
from summit.users.models import User


def announced(name: str, office: str) -> str:
    """Return a person's name and office in one line, such as "Ana Silva, Minister of Finance".

    Either may be ""; then the line has only the other.
    """
    return ", ".join(part for part in (name, office) if part)


class Person(PublicModel):
    """A person who takes part in one summit.

    The e-mail address is optional and not unique: a minister may have none here, and an embassy has one mailbox for
    several people. People who use the portal themselves have an account (`user`).
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="people", verbose_name=pgettext_lazy("label", "summit")
    )
    user = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=pgettext_lazy("label", "account"),
    )
    name = models.CharField(_("name"), max_length=200, blank=True, validators=[validate_printable])
    office = models.CharField(_("office held"), max_length=200, blank=True, validators=[validate_printable])
    form_of_address = models.CharField(
        _("form of address"),
        max_length=120,
        blank=True,
        validators=[validate_printable],
        help_text=_("As a letter begins, such as “Your Excellency”."),
    )
    rank = models.CharField(
        _("rank"),
        max_length=120,
        blank=True,
        validators=[validate_printable],
        help_text=_("Such as “Minister” or “Lieutenant General”."),
    )
    badge_name = models.CharField(
        _("name for the badge"), max_length=120, blank=True, validators=[validate_printable]
    )
    card_name = models.CharField(
        _("name for the place card"), max_length=120, blank=True, validators=[validate_printable]
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Such as America/New_York. Mails then give times in it too, beside those at the venue."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # When the person's data was erased (summit.privacy.erasure).
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "office", "id"]
        constraints = [
            models.CheckConstraint(name="person_has_name_or_office", condition=~Q(name="", office="")),
            models.UniqueConstraint(
                fields=["summit", "user"],
                name="person_account_once",
                condition=Q(user__isnull=False),
                violation_error_message=_(
                    "This account is another person’s in this summit. An account has one person."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Raise ValidationError for a person without a name and an office."""
        if not self.name and not self.office:
            raise ValidationError({"name": _("Give a name or the office held.")})

    @property
    def label(self) -> str:
        """The person's name and office in one line."""
        return announced(self.name, self.office)
