"""Error messages of form fields, in place of Django's. They say what the user should do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

WORDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": _("Fill in this field.")},
    forms.ChoiceField: {"invalid_choice": _("Choose one from the list.")},
    forms.ModelChoiceField: {"invalid_choice": _("Choose one from the list.")},
    forms.EmailField: {"invalid": _("Enter a full email address, such as office@mission.example.")},
    forms.DateField: {"invalid": _("Enter an existing date.")},
    forms.TimeField: {"invalid": _("Enter a time, such as 14:30.")},
    forms.DateTimeField: {"invalid": _("Enter an existing date and a time, such as 14:30.")},
    forms.SplitDateTimeField: {
        "invalid_date": _("Enter an existing date."),
        "invalid_time": _("Enter a time, such as 14:30."),
    },
    forms.CharField: {"max_length": _("Shorten this text to %(limit_value)s characters.")},
    forms.IntegerField: {
        "invalid": _("Enter a whole number."),
        "max_value": _("Enter %(limit_value)s or less."),
        "min_value": _("Enter %(limit_value)s or more."),
    },
}


def speak() -> None:
    """Set these messages as defaults of the field classes, before any field is created.

    Fields copy the defaults of their class when they are created. Messages that a field sets itself take precedence.
    """
    for kind, messages in WORDS.items():
        own = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = {**own, **messages}
