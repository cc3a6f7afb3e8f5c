"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def lang_query() -> str:
    """Return what a public page's links carry: the reader's language, since such pages keep none for anybody."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return "" if language == settings.LANGUAGE_CODE else f"?lang={language}"


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the language, its direction, the languages to choose from, and whether this is development."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "language": language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "languages": [entry for entry in settings.LANGUAGES if entry[0] in settings.INTERFACE_LANGUAGES],
        "lang_query": lang_query(),
        # Printed beneath public pages.
        "base_url": settings.BASE_URL,
        "development": not settings.PRODUCTION,
    }
