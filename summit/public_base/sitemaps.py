"""Sitemaps (https://www.sitemaps.org/protocol.html): the lists of public pages for search engines.

Each app lists its own pages, by the same predicate that decides whether the public may read them. The sitemaps are
below the URL of a summit, because a sitemap may only list pages below its own path. Each app registers its sitemaps
here, and `/sitemap.xml` is the index of all sitemaps.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from lxml import etree

from summit.core.registry import Registry
from summit.public_base.public_pages import public_page
from summit.public_base.summits import get_summit
from summit.summits.models import Summit

NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
MEDIA_TYPE = "application/xml; charset=utf-8"

# (language, path of the page in that language)
Languages = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SitemapEntry:
    """A public page in a sitemap: its path, when it last changed (None if unknown), and its languages.

    `languages` has a pair of language and path for each language of the page. It is empty for a page in one language.
    """

    path: str
    changed: datetime | None = None
    languages: Languages = ()


@dataclass(frozen=True)
class Chapter:
    """An entry of the index: the path of a sitemap, and when its newest page last changed (None if unknown)."""

    path: str
    changed: datetime | None = None


# Yields the sitemaps of an app's pages in all public summits. The number of queries must not grow with the summits.
Source = Callable[[], Iterable[Chapter]]
_sources: Registry[Source] = Registry()
source = _sources.register


def interface(path: str, changed: datetime | None = None) -> list[SitemapEntry]:
    """Return the entries of a page that exists in all languages of the interface, one for each language."""
    spoken = settings.INTERFACE_LANGUAGES
    paths = [(code, path if code == settings.LANGUAGE_CODE else f"{path}?lang={code}") for code in spoken]
    return [SitemapEntry(each, changed, paths if len(paths) > 1 else ()) for _code, each in paths]


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _write(root: etree._Element, entry: str, rows: Iterable[SitemapEntry | Chapter]) -> bytes:
    for row in rows:
        element = etree.SubElement(root, f"{{{NS}}}{entry}")
        etree.SubElement(element, f"{{{NS}}}loc").text = settings.BASE_URL + row.path
        if row.changed is not None:
            etree.SubElement(element, f"{{{NS}}}lastmod").text = _moment(row.changed)
        for language, path in row.languages if isinstance(row, SitemapEntry) else ():
            attributes = {"rel": "alternate", "hreflang": language, "href": settings.BASE_URL + path}
            etree.SubElement(element, f"{{{XHTML}}}link", attributes)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def answer(places: Iterable[SitemapEntry]) -> HttpResponse:
    """Return the response with a sitemap of these pages."""
    root = etree.Element(f"{{{NS}}}urlset", nsmap={None: NS, "xhtml": XHTML})  # type: ignore[dict-item]
    return HttpResponse(_write(root, "url", places), content_type=MEDIA_TYPE)


@source(10)
def homes() -> Iterable[Chapter]:
    """Yield the sitemap of the home of each public summit."""
    for slug in Summit.objects.open_to_public().order_by("slug").values_list("slug", flat=True):
        yield Chapter(reverse("summit:sitemap", args=[slug]))


@public_page("public summit")
def home(request: HttpRequest, summit: str) -> HttpResponse:
    """Return the sitemap with a summit's home in each language."""
    return answer(interface(get_summit(summit).get_absolute_url()))


@public_page()
def index(request: HttpRequest) -> HttpResponse:
    """Return the index of all sitemaps."""
    root = etree.Element(f"{{{NS}}}sitemapindex", nsmap={None: NS})  # type: ignore[dict-item]
    chapters = (chapter for function in _sources for chapter in function())
    return HttpResponse(_write(root, "sitemap", chapters), content_type=MEDIA_TYPE)
