"""The model `SavedView`: how an account has arranged an admin list."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from summit.users.models import User


class SavedView(models.Model):
    """A view of an admin list that an account has saved under a name: its filters and its order.

    The row without a name isn't a view: it holds the columns that the account has chosen for the list.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "account")
    )
    # The label of the list's model, such as "delegations.party".
    label = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=60, blank=True)
    # The filters as a query string. What was searched isn't stored: it may be somebody's name.
    query = models.CharField(max_length=1000, blank=True)
    # The columns by which the list is sorted, those in descending order with a "-".
    order = models.JSONField(default=list)
    columns = models.JSONField(default=list)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [models.UniqueConstraint(fields=["user", "label", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
