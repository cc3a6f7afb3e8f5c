"""What somebody has seen already of the agenda's changes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sessions.draft.models.sessions import Session
from summit.people.models import Person


class AgendaReadMark(models.Model):
    """Up to which release a person has seen what changed: of one session, or of all (no session).

    It is the person's, not the browser's: what a focal point has read on the telephone is read on the computer too.
    Whoever came by a letter's link may be several people, so that for them the browser keeps it.
    """

    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="agenda_read_marks",
        verbose_name=pgettext_lazy("label", "person"),
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("label", "session"),
    )
    number = models.PositiveIntegerField(_("number"))
    looked_at = models.DateTimeField(_("looked"))

    class Meta:
        verbose_name = _("look at the agenda")
        verbose_name_plural = _("looks at the agenda")
        ordering = ["person", "session"]
        constraints = [
            models.UniqueConstraint(fields=["person", "session"], name="agenda_read_mark_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(session__isnull=True), name="agenda_read_mark_at_all_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.number}"
