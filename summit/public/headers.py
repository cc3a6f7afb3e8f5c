"""Security headers that Django doesn't set. They are set on every response, including files and redirects."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from summit.public.language_middleware import Handler


class HeadersMiddleware:
    """Set the headers that are the same on each response, unless the view has set them.

    Content-Security-Policy limits what a page may load and run, Permissions-Policy the features of the browser that
    it may use. Cross-Origin-Resource-Policy keeps other sites from embedding our resources.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's response with these headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", settings.CROSS_ORIGIN_RESOURCE_POLICY)
        return response
