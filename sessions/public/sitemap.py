"""The sitemaps of the public agendas: each summit's agenda and its public sessions, in the newest release."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sessions.agenda.models.releases import Release, ReleasedSession
from sessions.agenda.selectors import last_changed
from summit.public_base.page_cache import cached_page
from summit.public_base.public_pages import public_page
from summit.public_base.sitemaps import Chapter, SitemapEntry, answer, interface, source
from summit.public_base.summits import get_summit


@source(20)
def chapters() -> Iterator[Chapter]:
    """Yield the sitemap of each public summit that has released its agenda. Makes one query.

    The dates of the last public change are in the sitemaps themselves.
    """
    rows = Release.objects.current().filter(summit__public=True).order_by("summit__slug")
    for slug in rows.values_list("summit__slug", flat=True):
        yield Chapter(reverse("agenda:sitemap", args=[slug]))


@public_page("public summit")
@cached_page()
def sitemap(request: HttpRequest, summit: str) -> HttpResponse:
    """Return the sitemap of a summit's agenda and its public sessions."""
    summit_row = get_summit(summit)
    places: list[SitemapEntry] = interface(reverse("agenda:agenda", args=[summit]), last_changed.public(summit_row))
    rows = ReleasedSession.objects.public(summit_row).order_by("session__public_id")
    for key, changed in rows.values_list("session__public_id", "created_at"):
        places += interface(reverse("agenda:session", args=[summit, key]), changed)
    return answer(places)
