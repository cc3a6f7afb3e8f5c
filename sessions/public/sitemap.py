"""The agenda's maps: the public agenda of each summit and each public session, as the newest release has them."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from sessions.agenda.models.releases import Release, ReleasedSession
from sessions.agenda.selectors import last_changed
from summit.public_base.page_cache import cached_page
from summit.public_base.public_pages import public_page
from summit.public_base.sitemaps import Chapter, Place, answer, interface, source
from summit.public_base.summits import get_summit


@source(20)
def chapters() -> Iterator[Chapter]:
    """Yield the maps of all summits that have released their agenda. One query: when one changed for everybody, its
    map says."""
    rows = Release.objects.current().filter(summit__public=True).order_by("summit__slug")
    for slug in rows.values_list("summit__slug", flat=True):
        yield Chapter(reverse("agenda:sitemap", args=[slug]))


@public_page
@cached_page()
def sitemap(request: HttpRequest, summit: str) -> HttpResponse:
    """Name the agenda and the sessions that everybody may know of."""
    found = get_summit(summit)
    places: list[Place] = interface(reverse("agenda:agenda", args=[summit]), last_changed.public(found))
    rows = ReleasedSession.objects.public(found).order_by("session__public_id")
    for key, changed in rows.values_list("session__public_id", "created_at"):
        places += interface(reverse("agenda:session", args=[summit, key]), changed)
    return answer(places)
