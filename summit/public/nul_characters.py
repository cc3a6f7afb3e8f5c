"""The character NUL, which no text of the database can hold: PostgreSQL refuses to be asked for it.

Nothing can be called so. An address with it leads nowhere; what was posted with it can't be read.
"""

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse

from summit.public.error_pages import bad_request
from summit.public.language_middleware import Handler


class NulMiddleware:
    """Answers 404 for an address with the character in it, and 400 where the database met it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request. Raises Http404."""
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what a view raised because of the character; anything else is an error of ours."""
        if isinstance(exception, DataError | ValueError) and "NUL (0x00)" in str(exception):
            return bad_request(request, exception)
        return None
