"""The model of liaison officers."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from summit.core.models import PublicModel
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.core.validators import validate_printable
from summit.people.models import Person
from summit.summits.models import Summit

LIAISON = ProcessingActivity(
    subjects=DataSubject.HOSTS,
    purpose=_("To give each delegation a contact at the host."),
    view="delegations.liaisonofficer.view",
    change="delegations.liaisonofficer.change",
    also_view=("agenda.run_day",),
    kept_as=PersonalDataKind.CONTACT,
    logged=False,
)


class LiaisonOfficer(PublicModel):
    """A person of the host who looks after one or several parties.

    Name, mobile number and e-mail address are the person's. The officer signs in to the portal as this person.
    """

    summit = models.ForeignKey(
        Summit,
        on_delete=models.CASCADE,
        related_name="liaison_officers",
        verbose_name=pgettext_lazy("label", "summit"),
    )
    person = models.OneToOneField(
        Person,
        on_delete=models.CASCADE,
        related_name="liaison_officer",
        verbose_name=pgettext_lazy("label", "person"),
        error_messages={"unique": _("This person is already a liaison officer. Change that entry.")},
    )
    personal(person, LIAISON)
    hours = personal(
        models.CharField(
            _("hours"),
            max_length=200,
            blank=True,
            validators=[validate_printable],
            help_text=_("When the officer can be reached. For example, “7:00 to 22:00; at night by telephone”."),
        ),
        LIAISON,
    )
    parties = models.ManyToManyField(
        Party, blank=True, related_name="liaison_officers", verbose_name=_("delegations")
    )

    class Meta:
        verbose_name = _("liaison officer")
        verbose_name_plural = _("liaison officers")
        ordering = ["summit", "person__name", "id"]

    def __str__(self) -> str:
        return self.person.label
