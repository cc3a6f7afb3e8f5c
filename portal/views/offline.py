"""The service worker that makes the agenda readable offline.

The URL of its script is below /portal/, so that it handles the portal's requests and no others.
"""

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse

from summit.permissions.route_access import Gate, route


@route(Gate.EVERYBODY)
def worker(request: HttpRequest) -> HttpResponse:
    """Return the script of the service worker. It is the same for everybody, and browsers revalidate it each time."""
    path = finders.find("js/worker.js")
    if path is None:
        raise Http404
    with open(path, "rb") as source:
        response = HttpResponse(source.read(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
