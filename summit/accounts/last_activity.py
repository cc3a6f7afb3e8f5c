"""When a browser in which somebody is signed in was last seen."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from summit.accounts import browser_sessions
from summit.public_base.public_pages import is_personal

# In the browser's session, seconds: when it was last noted. Only every few minutes, so that reading writes nothing.
SEEN_KEY = "seen"
EVERY = 300

Handler = Callable[[HttpRequest], HttpResponse]


class LastSeenMiddleware:
    """Notes on personal pages, every five minutes, that a browser is there."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note it, and answer."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and is_personal(request.path_info):
            seen = request.session.get(SEEN_KEY)
            if seen is not None and time.time() - seen > EVERY:
                request.session[SEEN_KEY] = int(time.time())
                browser_sessions.log_access(request.session.session_key or "")
        return self.get_response(request)
