"""Quotas that are set for single parties."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from delegations.members.models.categories import Category
from delegations.parties.models.parties import Party
from summit.core.validators import validate_printable
from summit.users.models import User


class Quota(models.Model):
    """A party's own quota for a category, or for the total if `category` is None. It replaces the general quota."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="quotas", verbose_name=pgettext_lazy("label", "delegation")
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    number = models.PositiveIntegerField(_("number"))
    reason = models.CharField(_("reason"), max_length=300, validators=[validate_printable])
    set_at = models.DateTimeField(_("set on"), auto_now=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("set by"))

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ["party", "category"]
        constraints = [
            models.UniqueConstraint(fields=["party", "category"], name="quota_once"),
            models.UniqueConstraint(fields=["party"], name="quota_total_once", condition=Q(category__isnull=True)),
            models.CheckConstraint(name="quota_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return str(self.number)
