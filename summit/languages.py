"""Which languages the system itself speaks, and from which side they are read."""

from django.conf import settings
from django.utils.translation import get_language_info

RIGHT_TO_LEFT_MARK = "\u200f"


def spoken(language: str) -> str:
    """Return a language that pages and mails have a catalogue for: the one asked for, or else English."""
    return language if language in settings.INTERFACE_LANGUAGES else settings.LANGUAGE_CODE


def begun(text: str, language: str) -> str:
    """Return the text of a mail as it begins in its language. Programs for mail take the side from which a text is
    read from its first letter: an Arabic one that begins with a Latin name gets an invisible mark before it."""
    return f"{RIGHT_TO_LEFT_MARK}{text}" if get_language_info(language)["bidi"] else text


def tongue(code: str) -> str:
    """Return what a language that people speak is called in the reader's; its code where nobody has named it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
