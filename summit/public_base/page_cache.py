"""Public pages that are made once and answered many times, from this process's memory.

A page is cached with the version of all that it depends on (`page_version`). The version is read at each request, so
that a page is never older than the database, but for one case: while one thread makes a page anew, the others answer
with the page before, where nothing was taken away since and it was up to date at most two seconds ago; else they wait
for the new one. What depends on rows that are not counted says so by `beside`, or isn't cached.
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
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# Bytes below which compressing isn't worth it.
SMALL = 1000
# Headers that are made for each answer; all others that a page brings are its own, and cached with it.
MADE_ANEW = frozenset({"etag", "content-encoding", "content-length"})
# Seconds for which the page before may be answered while the next is made.
STALE = 2.0
# Seconds after which whoever waits for another's page makes it too.
PATIENCE = 20.0


@dataclass(frozen=True)
class Page:
    """A page as it was made."""

    content: bytes
    packed: bytes
    etag: str
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.content) + len(self.packed)

    def response(self, request: HttpRequest) -> HttpResponse:
        """Return it as an answer, compressed where the reader understands that: it holds nobody's secrets."""
        packed = bool(self.packed) and bool(TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")))
        response = HttpResponse(self.packed if packed else self.content, headers=dict(self.headers))
        response["ETag"] = f'"{self.etag}-gzip"' if packed else f'"{self.etag}"'
        if packed:
            response["Content-Encoding"] = "gzip"
        if self.packed:
            patch_vary_headers(response, ["Accept-Encoding"])
        return response


class _Build:
    """A page that one thread makes, and others may wait for."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.done = Event()
        self.page: Page | None = None

    def answers(self, version: Version) -> bool:
        """Return whether its page is, or will be, as fresh as whoever asked at a version may expect."""
        return self.version == version or self.version.since >= version.since


class PageCache:
    """Pages by what was asked for, up to a number of bytes; what was not asked for longest goes first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, tuple[Version, Page]] = OrderedDict()
        self._builds: dict[Hashable, _Build] = {}
        self._lock = Lock()
        self.size = 0

    def answer(
        self, asked: Hashable, version: Version, make: Callable[[], HttpResponse], most: int
    ) -> Page | HttpResponse:
        """Return what was asked for as it is at a version, made once by those who ask at once; an answer without a
        page (404, a redirect) is returned as it was made. Pages are cached within `most` bytes in all."""
        until = time.monotonic() + PATIENCE
        while True:
            with self._lock:
                found = self._find(asked, version)
                build = self._builds.get(asked)
                if found is None and build is None:
                    build = self._builds[asked] = _Build(version)
                    break
            if found is not None:
                return found
            assert build is not None  # noqa: S101 - else this thread makes it
            if not build.done.wait(max(0.0, until - time.monotonic())):
                build = _Build(version)
                break
            if build.page is not None and build.answers(version):
                return build.page
        return self._made(asked, build, make, most)

    def _find(self, asked: Hashable, version: Version) -> Page | None:
        """Return the page that answers at a version, None where it has to be made or waited for."""
        if asked not in self._pages:
            return None
        known, page = self._pages[asked]
        if known == version:
            if version.since > known.since:
                self._pages[asked] = version, page
            self._pages.move_to_end(asked)
            return page
        if known.since >= version.since:
            return page
        fresh = known.removals == version.removals and version.since - known.since <= STALE
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
        """Cache a page, but not one that is older than what is there, or larger than an eighth of all."""
        before = self._pages.get(asked)
        if before is not None and before[0].since > version.since:
            return
        if before is not None:
            del self._pages[asked]
            self.size -= before[1].size
        if page.size > most // 8:
            return
        self.size += page.size
        self._pages[asked] = version, page
        while self.size > most:
            _asked, (_version, oldest) = self._pages.popitem(last=False)
            self.size -= oldest.size

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._pages.clear()
            self.size = 0


PAGES = PageCache()


def _pack(response: HttpResponse) -> Page:
    content = response.content
    # Without a time in it the same page is the same bytes in every process.
    packed = gzip.compress(content, 6, mtime=0) if len(content) >= SMALL else b""
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in MADE_ANEW)
    return Page(content, packed, hashlib.sha256(content).hexdigest()[:32], headers)


def _asked(view: View, request: HttpRequest) -> tuple[Hashable, ...]:
    """Return what was asked for: of which view, at which address, with which parameters, in which language."""
    chosen = tuple(sorted((name, tuple(request.GET.getlist(name))) for name in request.GET))
    return view.__module__, view.__qualname__, request.path, chosen, translation.get_language()


def cached_page(
    *params: str,
    beside: Callable[..., Hashable] | None = None,
    also: Callable[[HttpRequest], Hashable] | None = None,
    headers: Callable[[Version], Mapping[str, str]] | None = None,
) -> Callable[[View], View]:
    """Cache a view's pages. The view takes the summit's slug as `summit`; it is asked with `params` alone besides
    `lang`, each once: an address with others is answered anew. `beside` is called with the view's arguments where a
    page depends on more than the version, and gives what else it depends on. `also` is what else of the request the
    answer depends on. `headers` are those of each answer (200) at a version, cached or not.

    One query for each answer, and those of `beside`.
    """
    known = {"lang", *params}

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            cached = settings.KEPT_PAGES and known.issuperset(request.GET)
            found = read_version(kwargs["summit"]) if cached or headers is not None else None
            if found is None:
                return view(request, **kwargs)
            response = answer(request, found, **kwargs) if cached else view(request, **kwargs)
            if headers is not None and response.status_code == 200:
                for name, value in headers(found).items():
                    response[name] = value
            return response

        def answer(request: HttpRequest, found: Version, **kwargs: Any) -> HttpResponse:
            if beside is not None:
                found = found.beside(beside(**kwargs))
            key = (*_asked(view, request), also(request) if also else None)
            page = PAGES.answer(key, found, lambda: view(request, **kwargs), settings.KEPT_PAGES)
            return page.response(request) if isinstance(page, Page) else page

        return wrapped

    return decorate
