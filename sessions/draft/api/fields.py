"""Input fields that several resources of the agenda share."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from summit.summits.translated_names import NOTE_LENGTH, validate_notes


class Moment(serializers.DateTimeField):
    """A date and time that must have a time zone."""

    def enforce_timezone(self, value: datetime) -> Any:
        """Return the date and time. Raises ValidationError if it has no time zone."""
        if timezone.is_naive(value):
            self.fail("invalid", format="")
        return super().enforce_timezone(value)


class NotesField(serializers.DictField):
    """A note of the desk in other languages than the summit's, by language."""

    child = serializers.CharField(max_length=NOTE_LENGTH)
    default_validators = [validate_notes]
