"""Error messages of form fields that say what to do, in place of Django's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

WORDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": _("This is missing.")},
    forms.ChoiceField: {"invalid_choice": _("Choose one of them.")},
    forms.ModelChoiceField: {"invalid_choice": _("Choose one of them.")},
    forms.EmailField: {"invalid": _("Enter the whole address, such as office@mission.example.")},
    forms.DateField: {"invalid": _("Write a day that exists.")},
    forms.TimeField: {"invalid": _("Write a time such as 14:30.")},
    forms.DateTimeField: {"invalid": _("Write a day that exists, with a time such as 14:30.")},
    forms.SplitDateTimeField: {
        "invalid_date": _("Write a day that exists."),
        "invalid_time": _("Write a time such as 14:30."),
    },
    forms.CharField: {"max_length": _("Shorten this to %(limit_value)s characters.")},
    forms.IntegerField: {
        "invalid": _("Write a whole number."),
        "max_value": _("Write %(limit_value)s or less."),
        "min_value": _("Write %(limit_value)s or more."),
    },
}


def speak() -> None:
    """Set these messages as the default of their field classes.

    Fields copy their class's defaults when they are created; messages that a field sets itself still win.
    """
    for kind, words in WORDS.items():
        own = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = {**own, **words}
