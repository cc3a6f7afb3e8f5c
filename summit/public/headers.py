"""Headers that every answer has, files and redirects too, and that Django knows nothing of."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from summit.public.language_middleware import Handler


class HeadersMiddleware:
    """Says which of a browser's powers pages use, and that no other site embeds what stands here."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", settings.CROSS_ORIGIN_RESOURCE_POLICY)
        return response
