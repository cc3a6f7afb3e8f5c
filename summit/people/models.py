"""The model of people. A person may have no account, and several people may share a mailbox."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.core.models import PublicModel
from summit.core.personal_data import Content, DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.core.validators import validate_printable, validate_time_zone
from summit.summits.models import Summit
from summit.users.models import User

TAKING_PART = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To invite, address and name people at the summit."),
    view="summit.person.view",
    change="delegations.enter_person",
    # Names of those due in a session, and numbers of those to call at once.
    also_view=("agenda.run_day",),
    kept_as=PersonalDataKind.PERSON,
)


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
    personal(user, TAKING_PART, purpose=_("To give people access to the portal."))
    name = personal(
        models.CharField(_("name"), max_length=200, blank=True, validators=[validate_printable]),
        TAKING_PART,
        headings="name, full name, person, nom, nom complet, الاسم, الاسم الكامل",
        example="Ada Example",
        accepts=_("Required unless the office held is given. A row with an existing name updates that person."),
    )
    office = personal(
        models.CharField(_("office held"), max_length=200, blank=True, validators=[validate_printable]),
        TAKING_PART,
        headings="office, office held, post, position, title, job title, function held, fonction, poste, titre, "
        "المنصب, الوظيفة",
        example=_("Minister of the Interior"),
    )
    form_of_address = personal(
        models.CharField(
            _("salutation"),
            max_length=120,
            blank=True,
            validators=[validate_printable],
            help_text=_("The opening of a letter, such as “Your Excellency”."),
        ),
        TAKING_PART,
        headings="form of address, honorific, civilité, formule d’appel, صيغة المخاطبة, اللقب",
    )
    rank = personal(
        models.CharField(
            _("rank"),
            max_length=120,
            blank=True,
            validators=[validate_printable],
            help_text=_("Such as “Minister” or “Lieutenant General”."),
        ),
        TAKING_PART,
        headings="rank, rang, grade, الرتبة",
    )
    badge_name = personal(
        models.CharField(_("badge name"), max_length=120, blank=True, validators=[validate_printable]),
        TAKING_PART,
        headings="name for the badge, badge name, nom pour le badge, nom sur le badge, الاسم على البطاقة",
    )
    card_name = personal(
        models.CharField(_("place card name"), max_length=120, blank=True, validators=[validate_printable]),
        TAKING_PART,
        headings="name for the place card, place card, nom pour le carton de table, الاسم على بطاقة المقعد",
    )
    email = personal(
        models.EmailField(_("email"), blank=True),
        TAKING_PART,
        purpose=_("To write to people."),
        kept_as=PersonalDataKind.CONTACT,
        headings="e-mail, email, mail, mailbox, courriel, adresse électronique, البريد الإلكتروني",
        example="office@ministry.example",
    )
    phone = personal(
        models.CharField(_("telephone"), max_length=60, blank=True, validators=[validate_printable]),
        TAKING_PART,
        purpose=_("To reach people by telephone."),
        kept_as=PersonalDataKind.CONTACT,
        headings="telephone, phone, mobile, mobile phone, telephone number, téléphone, portable, الهاتف, "
        "الهاتف المحمول",
        example="+33 1 40 00 00 00",
    )
    language = personal(
        models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en"),
        TAKING_PART,
        purpose=_("To write to people."),
        logged=False,
        headings="language, language of letters, langue, langue des lettres, اللغة, لغة المراسلة",
    )
    time_zone = personal(
        models.CharField(
            _("time zone"),
            max_length=60,
            blank=True,
            validators=[validate_time_zone],
            help_text=_("Such as America/New_York. Emails also give times in this zone."),
        ),
        TAKING_PART,
        purpose=_("To write to people."),
        logged=False,
        headings="time zone, timezone, fuseau horaire, المنطقة الزمنية",
        content=Content.TIME_ZONE,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # When the person's data was erased (summit.privacy.person_erasure).
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
                    "This account belongs to another person in this summit. Each account belongs to one person."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        """Raise ValidationError for a person without a name and an office."""
        if not self.name and not self.office:
            raise ValidationError({"name": _("Enter a name or the office held.")})

    @property
    def label(self) -> str:
        """The person's name and office in one line."""
        return announced(self.name, self.office)
