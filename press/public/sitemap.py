"""The sitemaps of the press site. They have each public text in each language in which it is public."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, DateTimeField, Max, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from press.public.page_cache import press_page
from press.texts.addresses import address
from press.texts.models.visibility import public_editions
from summit.public_base.sitemaps import Chapter, SitemapEntry, answer, interface, source
from summit.public_base.summits import get_summit
from summit.summits.models import Summit

# The most texts in one sitemap. If each has six languages that link to each other, the sitemap is still below the
# protocol's limits of 50 MB and 50,000 URLs.
LENGTH = 5000


def _rows() -> QuerySet[Any]:
    changed = Coalesce("version__text__withdrawn_at", "published_at", output_field=DateTimeField())
    return public_editions().annotate(changed=changed).order_by()


@source(30)
def chapters() -> Iterator[Chapter]:
    """Yield the path and the last change of each sitemap of texts, for all summits. Makes one query."""
    slug = "version__text__summit__slug"
    rows = _rows().values(slug).annotate(texts=Count("version__text", distinct=True), newest=Max("changed"))
    for row in rows.order_by(slug).values_list(slug, "texts", "newest"):
        yield from _pages(*row)


def _pages(slug: str, texts: int, newest: datetime) -> Iterator[Chapter]:
    path = reverse("press:sitemap", args=[slug])
    for page in range(1, (texts - 1) // LENGTH + 2):
        yield Chapter(path if page == 1 else f"{path}?page={page}", newest)


@press_page("page", kind="public summit")
def sitemap(request: HttpRequest, summit: str) -> HttpResponse:
    """Return a sitemap with LENGTH texts of the press site. The parameter `page` selects which, from 1."""
    found = get_summit(summit)
    requested = request.GET.get("page", "1")
    page = int(requested) if requested.isascii() and requested.isdecimal() and len(requested) < 7 else 0
    keys = _keys(found, page) if page else []
    if not keys and page != 1:
        raise Http404
    home = interface(reverse("press:list", args=[found.slug])) if page == 1 else []
    return answer([*home, *_places(found, keys)])


def _keys(summit: Summit, page: int) -> list[int]:
    rows = public_editions().filter(version__text__summit=summit).order_by("version__text__id")
    keys = rows.values_list("version__text__id", flat=True).distinct()
    return list(keys[(page - 1) * LENGTH : page * LENGTH])


def _places(summit: Summit, keys: list[int]) -> Iterable[SitemapEntry]:
    if not keys:
        return
    rows = _rows().filter(version__text__summit=summit, version__text__id__range=(keys[0], keys[-1]))
    order = "version__text__id", "-version__authoritative", "version__language"
    rows = rows.select_related("version__text").order_by(*order)
    for _key, group in groupby(rows, key=lambda edition: edition.version.text_id):
        editions = list(group)
        paths = [(edition.version.language, address(summit, edition)) for edition in editions]
        for (_language, path), edition in zip(paths, editions, strict=True):
            yield SitemapEntry(path, edition.changed, paths if len(paths) > 1 else ())
