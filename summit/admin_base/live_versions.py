"""Versions of pages that several people work with at once.

An open page asks a small address every few seconds for its version (static/js/live.js), and shows its part anew only
if the version has changed. No worker is held for a reader.
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response


def version_response(request: HttpRequest, version: str) -> HttpResponseBase:
    """Return a version as text with an ETag, or a response without content if the reader has this version.

    `version` has only letters, digits and hyphens.
    """
    response = HttpResponse(version, content_type="text/plain")
    response["Cache-Control"] = "no-store"
    response["ETag"] = etag = f'"{version}"'
    return get_conditional_response(request, etag=etag, response=response) or response
