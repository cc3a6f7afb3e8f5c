"""Middleware that activates the interface's language, which is never taken from the browser except at `/`."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from summit.core.languages import spoken
from summit.public_base import public_pages

Handler = Callable[[HttpRequest], HttpResponse]
# The session's key for the language of the letter with the link that was followed, or of the person of the mailbox
# that received the sign-in code.
DOOR_LANGUAGE = "door_language"


class LanguageMiddleware:
    """Activate the language of `?lang=`, or else the default language.

    On personal pages the choice is stored in the session. Without a choice, they use the account's language, or else
    that of the letter or person through which the portal was opened in this browser.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's answer, made in the request's language."""
        with translation.override(self._language(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    @staticmethod
    def _language(request: HttpRequest) -> str:
        known = settings.INTERFACE_LANGUAGES
        asked = request.GET.get("lang", "")
        if not public_pages.is_personal(request.path_info):
            return asked if asked in known else settings.LANGUAGE_CODE
        if asked in known:
            request.session["language"] = asked
            return asked
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return settings.LANGUAGE_CODE
        chosen = request.session.get("language", "")
        wanted = chosen or getattr(request.user, "language", "") or request.session.get(DOOR_LANGUAGE, "")
        return spoken(wanted)
