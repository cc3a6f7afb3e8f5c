"""Yes and no in the admin: words with a sign, where Django has a picture with English words in every language."""

from django.contrib.admin.templatetags import admin_list
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def yes_or_no(value: bool | None) -> SafeString:
    """Return a state word."""
    sign, word = {True: ("good", _("yes")), False: ("off", _("no")), None: ("off", _("not known"))}[value]
    return format_html('<span class="state" data-state="{}">{}</span>', sign, word)


# Lists and forms look it up here each time.
admin_list._boolean_icon = yes_or_no  # type: ignore[attr-defined]
