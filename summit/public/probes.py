"""The addresses that monitoring asks, by whatever name it knows a host."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from summit.public.language_middleware import Handler

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class ProbeMiddleware:
    """Let probes be answered where they name another host than ALLOWED_HOSTS, such as the address of one web host.

    Prometheus and load balancers ask each host by its address. These responses depend on no host name.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response to a request. A probe's host is replaced by that of BASE_URL."""
        if request.path_info in PROBES:
            request.META["HTTP_HOST"] = urlsplit(settings.BASE_URL).netloc
        return self.get_response(request)
