"""The group of a list in its desk's menu: directly in the menu, or in a submenu with similar lists."""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class MenuGroup(IntegerChoices):
    """The groups of a desk's menu, in their order. Lists for daily work are in no submenu."""

    DAILY = 0, ""
    DECISIONS = 1, _("To decide")
    RECORDS = 2, _("Lists and passes")
    SETTINGS = 3, _("Settings")
