"""Retention times that a summit sets for personal data."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.members.models.categories import Category
from summit.core.personal_data import PersonalDataKind
from summit.summits.models import Summit

# The default retention times, in days after a summit's last day. None: the data is kept.
USUAL_DAYS: dict[str, int | None] = {
    PersonalDataKind.PASSPORT: 30,
    PersonalDataKind.NEEDS: 14,
    PersonalDataKind.TRAVEL: 30,
    PersonalDataKind.PHOTO: 30,
    PersonalDataKind.DECLARATIONS: 90,
    PersonalDataKind.VISA: 90,
    PersonalDataKind.SCANS: 365,
    PersonalDataKind.MAIL: 365,
    PersonalDataKind.CONTACT: 365,
    PersonalDataKind.PERSON: None,
}
MOST_DAYS = 36525
AT_MOST = _("Enter at most 36525 days (100 years). Leave blank to keep the data.")


class Retention(models.Model):
    """A retention time in days after the summit's last day, for all people or only for people of one category."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="retentions", verbose_name=pgettext_lazy("label", "summit")
    )
    what = models.CharField(_("item"), max_length=20, choices=PersonalDataKind)
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    days = models.PositiveIntegerField(
        _("days after the summit"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_DAYS, AT_MOST)],
        help_text=_("Leave blank to keep the data."),
    )

    class Meta:
        verbose_name = _("data retention period")
        verbose_name_plural = _("data retention periods")
        ordering = ["summit", "what", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["summit", "what", "category"],
                name="retention_once",
                violation_error_message=_("There is already a retention period for this data. Change that one."),
            ),
            models.UniqueConstraint(
                fields=["summit", "what"],
                name="retention_usual_once",
                condition=Q(category__isnull=True),
                violation_error_message=_("There is already a retention period for this data. Change that one."),
            ),
            models.CheckConstraint(name="retention_what_known", condition=Q(what__in=PersonalDataKind.values)),
            # Without a limit, the date computed from the days could exceed the calendar.
            models.CheckConstraint(
                name="retention_days_at_most",
                condition=Q(days__isnull=True) | Q(days__lte=MOST_DAYS),
                violation_error_message=AT_MOST,
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_what_display())
