"""Which languages the system itself speaks."""

from django.conf import settings


def spoken(language: str) -> str:
    """Return a language that pages and mails have a catalogue for: the one asked for, or else English."""
    return language if language in settings.INTERFACE_LANGUAGES else settings.LANGUAGE_CODE
