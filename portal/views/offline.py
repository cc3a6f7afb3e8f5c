"""The script that keeps the agenda readable where there is no network. It lies below /portal/, so that it sees the
requests of the portal and no others."""

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the script: the same for everybody. Browsers ask for it anew, so that a new one is taken at once."""
    path = finders.find("js/worker.js")
    if path is None:
        raise Http404
    with open(path, "rb") as source:
        response = HttpResponse(source.read(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
