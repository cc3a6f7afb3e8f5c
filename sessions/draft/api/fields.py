"""Fields of input that several of the agenda's resources take."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers


class Moment(serializers.DateTimeField):
    """A moment with its zone: without one nobody knows which is meant."""

    def enforce_timezone(self, value: datetime) -> Any:
        """Return the moment. Raises ValidationError for one without a zone."""
        if timezone.is_naive(value):
            self.fail("invalid", format="")
        return super().enforce_timezone(value)
