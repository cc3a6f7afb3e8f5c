"""Responses to requests with the character NUL, which PostgreSQL accepts neither in a row nor in a query's parameter.

No row can have the character. So a URL with it gets a 404, and posted data with it a 400.
"""

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse

from summit.public.error_pages import bad_request
from summit.public.language_middleware import Handler


class NulMiddleware:
    """Respond with a 404 for a path with a NUL character, and with a 400 if a view raises an error because of one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's response. Raises Http404 for a path with a NUL character."""
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return a 400 for an error that a NUL character caused. Return None for any other, a bug of the program."""
        if isinstance(exception, DataError | ValueError) and "NUL (0x00)" in str(exception):
            return bad_request(request, exception)
        return None
