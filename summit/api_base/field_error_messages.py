"""The error messages of the API's fields. They have the wording of forms (summit.core.field_error_messages)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

_MISSING = _("This is missing.")
_CHOICE = _("Choose one of them.")
WORDS: dict[type[serializers.Field[Any, Any, Any, Any]], dict[str, Any]] = {
    serializers.Field: {"required": _MISSING, "null": _MISSING},
    serializers.CharField: {
        "blank": _MISSING,
        "invalid": _("Write a text."),
        "max_length": _("Shorten this to {max_length} characters."),
    },
    serializers.SlugField: {"invalid": _("Write Latin letters, digits, “-” and “_” alone.")},
    serializers.EmailField: {"invalid": _("Enter the whole address, such as office@mission.example.")},
    serializers.BooleanField: {"invalid": _("Write true or false.")},
    serializers.IntegerField: {
        "invalid": _("Write a whole number."),
        "max_value": _("Write {max_value} or less."),
        "min_value": _("Write {min_value} or more."),
    },
    serializers.ChoiceField: {"invalid_choice": _CHOICE},
    serializers.SlugRelatedField: {"does_not_exist": _("There is none of this id."), "invalid": _("Write its id.")},
    serializers.DateField: {"invalid": _("Write a day that exists, such as 2025-03-31.")},
    serializers.TimeField: {"invalid": _("Write a time such as 14:30.")},
    serializers.DateTimeField: {"invalid": _("Write a moment with its zone, such as 2025-03-31T14:30:00+01:00.")},
}


def speak() -> None:
    """Set these messages as defaults of the field classes, before any field is created.

    A field reads the messages of its class when it is created.
    """
    for kind, messages in WORDS.items():
        own = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = {**own, **messages}
