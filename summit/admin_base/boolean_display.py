"""Displays booleans in the admin as a sign with a translated word, instead of Django's picture with English text."""

from django.contrib.admin.templatetags import admin_list
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def yes_or_no(value: bool | None) -> SafeString:
    """Return HTML for True, False or None (not known): a sign with a word."""
    sign, word = {True: ("good", _("yes")), False: ("off", _("no")), None: ("off", _("unknown"))}[value]
    return format_html('<span class="state" data-state="{}">{}</span>', sign, word)


# Django's lists and forms look the function up under this name at each call.
admin_list._boolean_icon = yes_or_no  # type: ignore[attr-defined]
