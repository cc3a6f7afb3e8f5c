"""Middleware that activates the language of the interface. Only `/` takes it from the browser's settings."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from summit.core.languages import spoken
from summit.public_base import public_pages

Handler = Callable[[HttpRequest], HttpResponse]
# The session's key for the language in which the portal was opened: the language of the letter with the link, or of
# the person with the mailbox to which the sign-in code was sent.
DOOR_LANGUAGE = "door_language"


class LanguageMiddleware:
    """Activate the language of `?lang=`, or else the default language.

    On personal pages the choice is stored in the session. If no language was chosen, personal pages are in the
    account's language. Without an account, they are in the language stored when the portal was opened in this browser
    (DOOR_LANGUAGE).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's response in the request's language."""
        with translation.override(self._language(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    @staticmethod
    def _language(request: HttpRequest) -> str:
        available = settings.INTERFACE_LANGUAGES
        requested = request.GET.get("lang", "")
        if not public_pages.is_personal(request.path_info):
            return requested if requested in available else settings.LANGUAGE_CODE
        if requested in available:
            request.session["language"] = requested
            return requested
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return settings.LANGUAGE_CODE
        chosen = request.session.get("language", "")
        language = chosen or getattr(request.user, "language", "") or request.session.get(DOOR_LANGUAGE, "")
        return spoken(language)
