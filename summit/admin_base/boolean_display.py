"""Displays yes and no in the admin as words with a sign. Django displays a picture with English words in every
language."""

from django.contrib.admin.templatetags import admin_list
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def yes_or_no(value: bool | None) -> SafeString:
    """Return a true, false or unknown value as HTML: a word with a sign."""
    sign, word = {True: ("good", _("yes")), False: ("off", _("no")), None: ("off", _("not known"))}[value]
    return format_html('<span class="state" data-state="{}">{}</span>', sign, word)


# Django's lists and forms look the function up under this name at each call.
admin_list._boolean_icon = yes_or_no  # type: ignore[attr-defined]
