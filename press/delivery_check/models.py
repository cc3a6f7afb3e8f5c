"""The marks that press officers make in a prepared text while they listen to the speech."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from press.texts.models.editions import Edition
from summit.core.personal_data import PUBLISHED_WORDS, DataSubject, ProcessingActivity, personal
from summit.core.validators import validate_text
from summit.users.models import User


class PassageCheckKind(models.TextChoices):
    """What a mark says about a passage. UNDO undoes an earlier mark."""

    ACCEPT = "accept", pgettext_lazy("marking", "as written")
    STRIKE = "strike", pgettext_lazy("marking", "not spoken")
    CHANGE = "change", pgettext_lazy("marking", "changed")
    INSERT = "insert", pgettext_lazy("marking", "inserted")
    UNDO = "undo", pgettext_lazy("marking", "undone")


WITH_WORDS = (PassageCheckKind.CHANGE, PassageCheckKind.INSERT)


DELIVERED_WORDS = ProcessingActivity(
    subjects=DataSubject.SPEAKERS,
    purpose=_("To correct a text to match the speech."),
    view="press.text.view",
    change="press.text.change",
    stays=PUBLISHED_WORDS,
    logged=False,
)


class PassageCheck(models.Model):
    """A mark of a passage. Marks are never changed or deleted.

    Of the marks of a passage that weren't undone, the newest counts. `anchor` is the anchor of the first paragraph of
    the passage. An insertion has words that follow the passage. It counts separately from marks of the passage
    itself.
    """

    edition = models.ForeignKey(
        Edition,
        on_delete=models.CASCADE,
        related_name="passage_checks",
        verbose_name=pgettext_lazy("label", "edition"),
    )
    anchor = models.CharField(_("paragraph"), max_length=20)
    kind = models.CharField(_("type"), max_length=10, choices=PassageCheckKind)
    words = personal(models.TextField(_("words"), blank=True, validators=[validate_text]), DELIVERED_WORDS)
    undoes = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="undone", verbose_name=_("undoes")
    )
    at = models.DateTimeField(_("recorded on"), db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by"))

    class Meta:
        verbose_name = _("delivery change")
        verbose_name_plural = _("delivery changes")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="passage_check_kind_known", condition=Q(kind__in=PassageCheckKind.values)),
            models.CheckConstraint(
                name="passage_check_words_where_due",
                condition=(Q(kind__in=WITH_WORDS) & ~Q(words="")) | (~Q(kind__in=WITH_WORDS) & Q(words="")),
            ),
            models.CheckConstraint(
                name="passage_check_undo_of_one",
                condition=Q(kind=PassageCheckKind.UNDO, undoes__isnull=False)
                | (~Q(kind=PassageCheckKind.UNDO) & Q(undoes__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.anchor} {self.get_kind_display()}"
