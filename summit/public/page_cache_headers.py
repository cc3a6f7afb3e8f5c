"""Headers by which nginx keeps public pages (deploy/nginx/summit/page-cache.conf). They are sent to it alone.

nginx may answer with a page until the end of the second in which the application began to make it. So moments, which
are at full seconds, are seen on their second. While one request asks for the next page, others may have the page
before, for three seconds at most.
"""

import time

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase, HttpResponsePermanentRedirect

from summit.public.language_middleware import Handler
from summit.public_base.public_pages import is_personal, is_same_for_everybody

# Seconds for which nginx may answer with the page before, while it asks for the next, or if there is no answer.
STALE = 3
# The header by which nginx asks for these headers, and the one that tells it what browsers get as Cache-Control.
ASKED = "X-Page-Cache"
FOR_BROWSERS = "X-Page-Cache-Control"


class PageCacheHeadersMiddleware:
    """Tell nginx how long it may keep a response that is the same for everybody, if nginx asks for it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the view's response, with headers for nginx if it may be kept."""
        # Before anything is read: what is made after a moment has passed must not be older than the moment.
        second = int(time.time())
        response = self.get_response(request)
        if settings.BEHIND_PROXY and request.headers.get(ASKED) and _may_be_kept(request, response):
            for_browsers = response.get("Cache-Control", "")
            # nginx keeps the headers of a page that it finds unchanged. Seconds that were true once aren't later.
            asks_always = not for_browsers or "s-maxage" in for_browsers
            response[FOR_BROWSERS] = "public, no-cache" if asks_always else for_browsers
            response["Cache-Control"] = f"max-age=1, stale-while-revalidate={STALE}"
            # nginx has no shorter time than "until the end of this second", and no other header that says so.
            response["X-Accel-Expires"] = f"@{second}"
        return response


def _may_be_kept(request: HttpRequest, response: HttpResponseBase) -> bool:
    # nginx has two entries for each address, plain and compressed.
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",")} - {"", "accept-encoding"}
    if request.method not in ("GET", "HEAD") or response.cookies or varies:
        return False
    # Redirects to the address with a slash come from Django's middleware, and depend on the address alone.
    to_slash = isinstance(response, HttpResponsePermanentRedirect) and not is_personal(request.path_info)
    return to_slash or is_same_for_everybody(response)
