"""Reading what a view has left of a request's body, so that the proxy gets the response."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from summit.public.language_middleware import Handler

CHUNK = 1 << 16


class UnreadBodyMiddleware:
    """Read the rest of a request's body behind a proxy, which has received the whole body already.

    A view may refuse a request by its headers, such as one without a token. If the server closed the connection then,
    the proxy, still sending, would answer with an error of its own instead of the view's words.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's response."""
        response = self.get_response(request)
        # A proxy that has the whole body says how long it is.
        if settings.BEHIND_PROXY and int(request.META.get("CONTENT_LENGTH") or 0):
            while request.read(CHUNK):
                pass
        return response
