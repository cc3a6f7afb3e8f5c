"""Error messages of form fields, in place of Django's. They say what the user should do."""

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
    """Set these messages as defaults of the field classes, before any field is created.

    Fields copy the defaults of their class when they are created. Messages that a field sets itself take precedence.
    """
    for kind, messages in WORDS.items():
        own = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = {**own, **messages}
