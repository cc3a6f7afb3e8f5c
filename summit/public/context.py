"""The context processor with variables for all templates."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def lang_query() -> str:
    """Return the query string for the links of public pages, such as "?lang=fr". It is "" for the default language.

    Public pages have no session, so the language must be in every link.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    return "" if language == settings.LANGUAGE_CODE else f"?lang={language}"


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the template variables: the language, its direction, and the languages to choose from.

    Further variables are `lang_query`, the installation's `base_url`, and `development`, which is False in
    production.
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
