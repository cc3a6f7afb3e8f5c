"""Input fields that several resources of the agenda share."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers


class Moment(serializers.DateTimeField):
    """A date and time that must have a time zone."""

    def enforce_timezone(self, value: datetime) -> Any:
        """Return the date and time. Raises ValidationError if it has no time zone."""
        if timezone.is_naive(value):
            self.fail("invalid", format="")
        return super().enforce_timezone(value)
