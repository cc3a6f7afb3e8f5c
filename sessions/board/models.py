"""What somebody did on the board in one sitting, so that it can be undone and done again."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.summits.models import Summit
from summit.users.models import User

# How long the steps of a sitting are stored.
LASTS = timedelta(days=1)


class BoardAct(models.TextChoices):
    """What somebody did on the board."""

    MOVE = "move", pgettext_lazy("board", "Move")
    SWAP = "swap", pgettext_lazy("board", "Swap")
    SHIFT = "shift", pgettext_lazy("board", "Shift")
    DUPLICATE = "duplicate", pgettext_lazy("board", "Duplicate")


class BoardStepQuerySet(models.QuerySet["BoardStep"]):
    """A queryset of steps, in the order in which they were taken."""

    def of(self, summit: Summit, by: User, sitting: str) -> "BoardStepQuerySet":
        """Return the steps of a user in one sitting."""
        return self.filter(summit=summit, by=by, sitting=sitting)

    def expired(self) -> "BoardStepQuerySet":
        """Return the steps that are older than LASTS, by the database's clock."""
        return self.filter(at__lte=Now() - LASTS)


class BoardStep(models.Model):
    """One act of a user on the board: what it changed, and whether it is undone.

    `changes` has a dict for each session: its primary key, and its times (UTC) and room `before` and `after`. A copy
    has no `before`, and the primary key of its original as `source`. `sitting` names the browser's sign-in.
    """

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("by"))
    sitting = models.CharField(_("sitting"), max_length=64)
    act = models.CharField(_("action"), max_length=10, choices=BoardAct)
    changes = models.JSONField(_("changes"))
    at = models.DateTimeField(_("date and time"), db_default=Now())
    undone_at = models.DateTimeField(_("undone on"), null=True, blank=True)

    objects = BoardStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step on the board")
        verbose_name_plural = _("steps on the board")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="board_step_act_known", condition=models.Q(act__in=BoardAct.values))
        ]
        indexes = [
            models.Index(fields=["summit", "by", "sitting"], name="board_step_sitting"),
            models.Index(fields=["at"], name="board_step_age"),
        ]

    def __str__(self) -> str:
        return f"{self.act}: {self.at}"
