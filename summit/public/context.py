"""The context processor with variables for all templates."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def lang_query() -> str:
    """Return the query for the links of public pages, such as "?lang=fr"; "" for the default language.

    Public pages have no session, so the language must be in every link.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    return "" if language == settings.LANGUAGE_CODE else f"?lang={language}"


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the variables: the language and its direction, the choice of languages, and whether this is development.

    Also `lang_query` and the installation's `base_url`.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "language": language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "languages": [entry for entry in settings.LANGUAGES if entry[0] in settings.INTERFACE_LANGUAGES],
        "lang_query": lang_query(),
        # Printed at the foot of public pages.
        "base_url": settings.BASE_URL,
        "development": not settings.PRODUCTION,
    }
