"""A cache of public pages in the memory of the process.

A page is cached with the version of everything that it depends on (`page_version`). Each request reads the version,
so a page is never older than the database, with one exception. While one thread renders a new page, other threads may
return the previous page. They do so if nothing has been removed since, and if the page was current at most two
seconds ago. Otherwise they wait for the new page.

The changes of some rows aren't counted. A page that depends on such rows declares them by `beside`, or isn't cached.
"""

import functools
import gzip
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from summit.public_base.page_version import Version, read_version

View = Callable[..., HttpResponse]
# Takes the version of a summit's pages and the view's arguments, and returns a key for what else a page depends on.
Beside = Callable[..., Hashable]
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# Bytes below which compressing isn't worth it.
SMALL = 1000
# Headers that are set anew for each response. All other headers of a page are cached with the page.
MADE_ANEW = frozenset({"etag", "content-encoding", "content-length"})
# Seconds for which the previous page may be used while the next one is rendered.
STALE = 2.0
# Seconds after which a thread that waits for another's page renders the page itself.
PATIENCE = 20.0
# The names of the URLs whose pages are made before somebody asks (summit.public_base.made_ahead).
AHEAD: list[str] = []


@dataclass(frozen=True)
class Page:
    """A rendered page, plain and compressed, with its ETag and headers."""

    content: bytes
    packed: bytes
    etag: str
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """The number of bytes that the page takes in the cache."""
        return len(self.content) + len(self.packed)

    def response(self, request: HttpRequest) -> HttpResponse:
        """Return the page as a response, compressed if the request accepts gzip.

        Compressing is safe because public pages contain no secrets.
        """
        packed = bool(self.packed) and bool(TAKES_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")))
        response = HttpResponse(self.packed if packed else self.content, headers=dict(self.headers))
        response["ETag"] = f'"{self.etag}-gzip"' if packed else f'"{self.etag}"'
        if packed:
            response["Content-Encoding"] = "gzip"
        return response


class _Build:
    """A page that one thread is rendering and others may wait for."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.done = Event()
        self.page: Page | None = None

    def answers(self, version: Version) -> bool:
        """Return whether the page is current enough for a request at this version."""
        return self.version == version or self.version.since >= version.since


class PageCache:
    """Rendered pages by request, up to a number of bytes. The least recently used page is dropped first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, tuple[Version, Page]] = OrderedDict()
        self._builds: dict[Hashable, _Build] = {}
        self._lock = Lock()
        self.size = 0

    def answer(
        self, asked: Hashable, version: Version, make: Callable[[], HttpResponse], most: int
    ) -> Page | HttpResponse:
        """Return the page for the request key `asked` at a version, from the cache or by calling `make`.

        Concurrent requests for the same page share one call. A response other than a 200 (a 404, a redirect) is
        returned unchanged and not cached. The cache holds at most `most` bytes.
        """
        until = time.monotonic() + PATIENCE
        while True:
            with self._lock:
                page = self._find(asked, version)
                build = self._builds.get(asked)
                if page is None and build is None:
                    build = self._builds[asked] = _Build(version)
                    break
            if page is not None:
                return page
            assert build is not None  # noqa: S101 - else this thread makes it
            if not build.done.wait(max(0.0, until - time.monotonic())):
                build = _Build(version)
                break
            if build.page is not None and build.answers(version):
                return build.page
        return self._made(asked, build, make, most)

    def _find(self, asked: Hashable, version: Version) -> Page | None:
        """Return the cached page for the request key `asked` at a version.

        Return None if the caller must render the page or wait for another thread.
        """
        if asked not in self._pages:
            return None
        cached_version, page = self._pages[asked]
        if cached_version == version:
            if version.since > cached_version.since:
                self._pages[asked] = version, page
            self._pages.move_to_end(asked)
            return page
        if cached_version.since >= version.since:
            return page
        fresh = cached_version.removals == version.removals and version.since - cached_version.since <= STALE
        return page if fresh and asked in self._builds else None

    def _made(
        self, asked: Hashable, build: _Build, make: Callable[[], HttpResponse], most: int
    ) -> Page | HttpResponse:
        response: HttpResponse | None = None
        try:
            response = make()
            if response.status_code == 200:
                build.page = _pack(response)
        finally:
            with self._lock:
                if build.page is not None:
                    self._put(asked, build.version, build.page, most)
                if self._builds.get(asked) is build:
                    del self._builds[asked]
            build.done.set()
        return build.page or response

    def _put(self, asked: Hashable, version: Version, page: Page, most: int) -> None:
        """Cache a page, unless it is older than the cached page or larger than an eighth of `most` bytes."""
        previous = self._pages.get(asked)
        if previous is not None and previous[0].since > version.since:
            return
        if previous is not None:
            del self._pages[asked]
            self.size -= previous[1].size
        if page.size > most // 8:
            return
        self.size += page.size
        self._pages[asked] = version, page
        while self.size > most:
            _cache_key, (_version, oldest) = self._pages.popitem(last=False)
            self.size -= oldest.size

    def clear(self) -> None:
        """Drop all pages from the cache."""
        with self._lock:
            self._pages.clear()
            self.size = 0


PAGES = PageCache()


def _pack(response: HttpResponse) -> Page:
    content = response.content
    # With no time in the gzip header, the same page is the same bytes in every process.
    packed = gzip.compress(content, 6, mtime=0) if len(content) >= SMALL else b""
    if packed:
        patch_vary_headers(response, ["Accept-Encoding"])
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in MADE_ANEW)
    return Page(content, packed, hashlib.sha256(content).hexdigest()[:32], headers)


def _cache_key(view: View, request: HttpRequest) -> tuple[Hashable, ...]:
    """Return the cache key of a request: the view, the path, the parameters and the language."""
    chosen = tuple(sorted((name, tuple(request.GET.getlist(name))) for name in request.GET))
    return view.__module__, view.__qualname__, request.path, chosen, translation.get_language()


def cached_page(
    *params: str,
    beside: Beside | None = None,
    also: Callable[[HttpRequest], Hashable] | None = None,
    headers: Callable[[Version], Mapping[str, str]] | None = None,
    ahead: str = "",
) -> Callable[[View], View]:
    """Return a decorator that caches the pages of a view. The view must take the summit's slug as `summit`.

    - `params` are the query parameters that the view reads, besides `lang`. A request with any other parameter isn't
      cached.
    - `beside` takes the version and the view's arguments, and returns a key for anything else, besides the version,
      that the page depends on.
    - `also` takes the request, and returns a key for anything else in the request that the page depends on.
    - `headers` takes the version, and returns headers for each response with status 200, cached or not.
    - `ahead` is the name of a URL whose page is made before the first reader asks for it.

    Makes one query for each response, in addition to the queries of `beside`.
    """
    known = {"lang", *params}
    AHEAD.extend([ahead] if ahead else [])

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            cached = settings.KEPT_PAGES and known.issuperset(request.GET)
            page_version = read_version(kwargs["summit"]) if cached or headers is not None else None
            if page_version is None:
                return view(request, **kwargs)
            response = answer(request, page_version, **kwargs) if cached else view(request, **kwargs)
            if headers is not None and response.status_code == 200:
                for name, value in headers(page_version).items():
                    response[name] = value
            return response

        def answer(request: HttpRequest, page_version: Version, **kwargs: Any) -> HttpResponse:
            if beside is not None:
                page_version = page_version.beside(beside(page_version, **kwargs))
            # Open pages carry it, and compare it with that of a newer one.
            request.page_version = page_version.digest  # type: ignore[attr-defined]
            key = (*_cache_key(view, request), also(request) if also else None)
            page = PAGES.answer(key, page_version, lambda: view(request, **kwargs), settings.KEPT_PAGES)
            return page.response(request) if isinstance(page, Page) else page

        return wrapped

    return decorate
