"""The place of a list in the menu of its desk: in the open, or together with similar lists behind one word."""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class MenuGroup(IntegerChoices):
    """The groups of a desk's menu, in its order. Lists for daily work are in the open, the others behind a word."""

    DAILY = 0, ""
    DECISIONS = 1, _("To decide")
    RECORDS = 2, _("Lists and passes")
    SETTINGS = 3, _("Settings")
