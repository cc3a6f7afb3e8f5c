"""The address that open pages of the portal ask for to notice releases and announced delays."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from sessions.delays.selectors.live_version import live_key, live_version
from summit.permissions.route_access import Gate, route
from summit.public_base.page_cache import cached_page
from summit.public_base.public_pages import blind, finish
from summit.summits.models import Summit


@route(Gate.HOLDER, kind="agenda version")
def live(request: HttpRequest, summit: str, key: str) -> HttpResponseBase:
    """Return a version that changes when the agenda is released or a delay is announced.

    Only the portal's pages know the key. Raises the same Http404 for a wrong key and for an unknown summit. Sessions
    and cookies are ignored, so that a proxy may answer for all of them.
    """
    blind(request)
    return finish(request, _version(request, summit=summit, key=key))


@cached_page()
def _version(request: HttpRequest, summit: str, key: str) -> HttpResponse:
    row = Summit.objects.filter(slug=summit).first()
    if row is None or not constant_time_compare(key, live_key(row)):
        raise Http404
    # A proxy answers for all who ask within a second. Pages ask each three seconds, and are to follow within five.
    headers = {"Cache-Control": "public, max-age=1"}
    return HttpResponse(live_version(row), content_type="text/plain", headers=headers)
