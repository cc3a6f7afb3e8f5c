"""Where a list of a desk stands in the menu: beside the desk's others, or with its like behind one word."""

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Shelf(IntegerChoices):
    """What is worked with every day stands openly; the rest is put by. In the order of the menu."""

    DAILY = 0, ""
    DECISIONS = 1, _("To decide")
    RECORDS = 2, _("Lists and passes")
    SETTINGS = 3, _("Settings")
