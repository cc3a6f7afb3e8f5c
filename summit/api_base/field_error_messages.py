"""The error messages of the API's fields. They have the wording of forms (summit.core.field_error_messages)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

_MISSING = _("Fill in this field.")
_CHOICE = _("Choose one from the list.")
WORDS: dict[type[serializers.Field[Any, Any, Any, Any]], dict[str, Any]] = {
    serializers.Field: {"required": _MISSING, "null": _MISSING},
    serializers.CharField: {
        "blank": _MISSING,
        "invalid": _("Enter text."),
        "max_length": _("Shorten this text to {max_length} characters."),
    },
    serializers.SlugField: {"invalid": _("Use only Latin letters, digits, “-” and “_”.")},
    serializers.EmailField: {"invalid": _("Enter a full email address, such as office@mission.example.")},
    serializers.BooleanField: {"invalid": _("Enter true or false.")},
    serializers.IntegerField: {
        "invalid": _("Enter a whole number."),
        "max_value": _("Enter {max_value} or less."),
        "min_value": _("Enter {min_value} or more."),
    },
    serializers.ChoiceField: {"invalid_choice": _CHOICE},
    serializers.SlugRelatedField: {
        "does_not_exist": _("There is no object with this ID."),
        "invalid": _("Give its ID."),
    },
    serializers.DateField: {"invalid": _("Enter an existing date, such as 2025-03-31.")},
    serializers.TimeField: {"invalid": _("Enter a time, such as 14:30.")},
    serializers.DateTimeField: {
        "invalid": _("Enter a date and time with offset, such as 2025-03-31T14:30:00+01:00.")
    },
}


def speak() -> None:
    """Set these messages as defaults of the field classes, before any field is created.

    A field reads the messages of its class when it is created.
    """
    for kind, messages in WORDS.items():
        own = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = {**own, **messages}
