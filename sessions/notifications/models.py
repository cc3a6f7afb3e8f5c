"""Read marks: the changes of the agenda that a person has seen."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.draft.models.sessions import Session
from summit.core.personal_data import DataSubject, PersonalDataKind, ProcessingActivity, personal
from summit.people.models import Person

READ_MARKS = ProcessingActivity(
    subjects=DataSubject.PARTICIPANTS,
    purpose=_("To show people what has changed in the agenda."),
    kept_as=PersonalDataKind.PERSON,
    logged=False,
)


class AgendaReadMark(models.Model):
    """The number of the last release up to which a person has seen the changes.

    It is for one session, or for all sessions if `session` is None. It belongs to the person rather than the browser,
    so a change read on the phone is also read on the computer. Several people may use a letter's link, so the read
    marks of a link are stored in the browser.
    """

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="agenda_read_marks",
        verbose_name=pgettext_lazy("label", "person"),
    )
    personal(person, READ_MARKS)
    session = models.ForeignKey(
        Session,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "session"),
    )
    number = models.PositiveIntegerField(_("number"))
    looked_at = models.DateTimeField(_("viewed on"))

    class Meta:
        verbose_name = _("agenda view")
        verbose_name_plural = _("agenda views")
        ordering = ["person", "session"]
        constraints = [
            models.UniqueConstraint(fields=["person", "session"], name="agenda_read_mark_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(session__isnull=True), name="agenda_read_mark_at_all_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.number}"
