"""Counts of refused sign-ins that aren't in the audit yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.users.models import User


class RefusedSignIns(models.Model):
    """The number of an account's refused sign-ins since the last refusal in the audit.

    The audit records the first refusal at once. It records the refusals of the next ten minutes as one entry, so that
    repeated attempts can't fill the audit (summit.accounts.sign_in_log).
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name=_("account")
    )
    since = models.DateTimeField(_("since"))
    # Refusals that aren't recorded yet; in `codes` of them the password was right and the second step wrong.
    number = models.PositiveIntegerField(_("number"), default=0)
    codes = models.PositiveIntegerField(_("two-step verifications"), default=0)

    class Meta:
        verbose_name = _("refused sign-ins")
        verbose_name_plural = _("refused sign-ins")
        constraints = [
            models.CheckConstraint(
                name="refused_codes_are_counted", condition=models.Q(codes__lte=models.F("number"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.number}"
