"""Security headers that Django doesn't set, for every answer, including files and redirects."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from summit.public.language_middleware import Handler


class HeadersMiddleware:
    """Set the headers Permissions-Policy and Cross-Origin-Resource-Policy where the view hasn't.

    They limit the browser features that pages use, and keep other sites from embedding our resources.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's answer with these headers."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", settings.CROSS_ORIGIN_RESOURCE_POLICY)
        return response
