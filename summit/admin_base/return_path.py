"""The page to which a button leads back."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def posted_return_path(request: HttpRequest) -> str:
    """Return the path that the form posted as `next`, or "" if there is none or it isn't a path of this site."""
    path = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(path, {request.get_host()}, require_https=request.is_secure())
    return path if is_safe and path.startswith("/") else ""
