"""Views of the public entrance: `/`, a summit's home, theme and picture, robots.txt, security.txt."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from summit.core.languages import spoken
from summit.permissions.route_access import Gate, route
from summit.public import share_picture
from summit.public_base import summits
from summit.public_base.home import panels, passed
from summit.public_base.page_cache import cached_page
from summit.public_base.public_pages import public_page
from summit.summits import colours
from summit.summits.emblem import emblem_png
from summit.summits.models import Summit


@route(Gate.EVERYBODY)
def root(request: HttpRequest) -> HttpResponse:
    """Redirect to the summit that is running now, or to the only summit. Otherwise list the public summits.

    This is the only page that takes its language from the browser's Accept-Language.
    """
    requested = request.GET.get("lang", "")
    language = (
        requested if requested in settings.INTERFACE_LANGUAGES else translation.get_language_from_request(request)
    )
    language = spoken(language)
    listed = list(Summit.objects.open_to_public())
    now = timezone.now()
    running = [
        summit for summit in listed if summit.starts_on <= now.astimezone(summit.zone).date() <= summit.ends_on
    ]
    candidates = running if len(running) == 1 else listed
    if len(candidates) == 1:
        response = HttpResponse(status=302)
        query = "" if language == settings.LANGUAGE_CODE else f"?lang={language}"
        response["Location"] = f"{candidates[0].get_absolute_url()}{query}"
    else:
        with translation.override(language):
            response = render(request, "public/summits.html", {"summits": listed})
        response["Content-Language"] = language
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Language"])
    return response


@public_page("public summit")
@cached_page(beside=passed, ahead="summit:home")
def home(request: HttpRequest, summit: str) -> HttpResponse:
    """Show a summit's home: its emblem, name, place and days, and the panels of all apps.

    They show what is on now and next, who takes part, the agenda, the newest texts, and what can be downloaded.
    """
    row = summits.get_summit(summit)
    return render(request, "public/home.html", {"summit": row, "venues": row.venues.all(), "panels": panels(row)})


@public_page("public summit")
def theme(request: HttpRequest, summit: str) -> HttpResponse:
    """Return a stylesheet with a summit's colour. Caches may store it for an hour.

    Pages link to the stylesheet by a URL that contains the colour, so a new colour has a new URL.
    """
    content = colours.stylesheet(summits.get_summit(summit).accent)
    return HttpResponse(
        content, content_type="text/css; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"}
    )


@public_page("public summit")
@cached_page()
def picture(request: HttpRequest, summit: str) -> HttpResponse:
    """Return the preview picture that programs show for shared links to the summit's pages."""
    return HttpResponse(share_picture.draw(summits.get_summit(summit)), content_type="image/png")


@public_page("public summit")
@cached_page()
def emblem(request: HttpRequest, summit: str) -> HttpResponse:
    """Return the picture of a summit's emblem. Raises Http404 if the summit has none."""
    content = emblem_png(summits.get_summit(summit))
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/png")


@public_page()
def robots(request: HttpRequest) -> HttpResponse:
    """Return robots.txt, which excludes personal pages and names the sitemap."""
    closed = ("/admin/", "/portal/", "/accounts/", "/i/", "/api/")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        "",
        f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@route(Gate.EVERYBODY)
def security(request: HttpRequest) -> HttpResponse:
    """Return security.txt, with the contact for reports of vulnerabilities (RFC 9116). It expires after 90 days.

    If none is set, a comment says so, and the contact is the mailbox that RFC 2142 reserves.
    """
    until = (timezone.now() + timedelta(days=90)).replace(microsecond=0, second=0, minute=0, hour=0)
    unset = "# Nobody has set SECURITY_CONTACT here. This mailbox is reserved for it, and may not exist."
    reserved = f"mailto:security@{urlsplit(settings.BASE_URL).hostname}"
    lines = (
        *([] if settings.SECURITY_CONTACT else [unset]),
        f"Contact: {settings.SECURITY_CONTACT or reserved}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        f"Canonical: {settings.BASE_URL}{reverse('security')}",
        f"Preferred-Languages: {', '.join(settings.INTERFACE_LANGUAGES)}",
    )
    content = "".join(f"{line}\n" for line in lines)
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "max-age=86400"})
