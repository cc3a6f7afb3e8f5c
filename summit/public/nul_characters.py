"""Answers to requests with the character NUL, which PostgreSQL refuses both to store and as a query's parameter.

No row can have it, so an address with it is a 404, and posted data with it is a bad request.
"""

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse

from summit.public.error_pages import bad_request
from summit.public.language_middleware import Handler


class NulMiddleware:
    """Answer 404 for a path with a NUL character, and 400 where a view raises an error because of one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's answer. Raises Http404 for a path with a NUL character."""
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return a 400 for an error that the character caused; None for any other, which is a bug of the program."""
        if isinstance(exception, DataError | ValueError) and "NUL (0x00)" in str(exception):
            return bad_request(request, exception)
        return None
