"""Middleware that stores when a signed-in browser was last seen."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from summit.accounts import browser_sessions
from summit.public_base.public_pages import is_personal

# The session's key for when this was last stored, in seconds since 1970. It is stored every few minutes only, so that
# most requests write nothing.
SEEN_KEY = "seen"
EVERY = 300

Handler = Callable[[HttpRequest], HttpResponse]


class LastSeenMiddleware:
    """Store, at most every five minutes, that a browser has requested a personal page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Store that the browser was seen, at most every five minutes, and return the view's response."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and is_personal(request.path_info):
            seen = request.session.get(SEEN_KEY)
            if seen is not None and time.time() - seen > EVERY:
                request.session[SEEN_KEY] = int(time.time())
                browser_sessions.log_access(request.session.session_key or "")
        return self.get_response(request)
