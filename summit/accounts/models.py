"""Sign-ins that were refused, until they are in the audit."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from summit.users.models import User


class RefusedSignIns(models.Model):
    """What was refused at an account's door since it was last recorded. The first is recorded at once, those of the
    ten minutes after it together (summit.accounts.sign_in_log): nobody fills the audit by trying."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name=_("account")
    )
    since = models.DateTimeField(_("since"))
    # Not recorded yet; `codes` are those of them in which the password was right.
    number = models.PositiveIntegerField(_("number"), default=0)
    codes = models.PositiveIntegerField(_("second steps"), default=0)

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
