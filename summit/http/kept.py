"""Public pages that are made once and answered many times, from this process's memory.

A page is kept under all that it depends on: its address, its language, and the summit's stamp, which changes when
anything does that public pages show (`summit.models.changes`). The stamp is read at each request, so that a kept page
is never older than the database. What depends on the clock or on other rows says so by `beside`, or is not kept.
"""

import functools
import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from summit.models import PublicChange

View = Callable[..., HttpResponse]
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# Bytes below which compressing isn't worth it.
SMALL = 1000
# Headers that are made for each answer; all others that a page brings are its own, and kept with it.
MADE_ANEW = frozenset({"etag", "content-encoding", "content-length"})


@dataclass(frozen=True)
class Kept:
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


class Shelf:
    """Pages by what they depend on, up to a number of bytes; what was not asked for longest goes first."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = Lock()
        self.size = 0

    def get(self, key: Hashable) -> Kept | None:
        """Return a page."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, key: Hashable, page: Kept, most: int) -> None:
        """Keep a page within `most` bytes in all; one that is larger than an eighth of them is not kept."""
        if page.size > most // 8:
            return
        with self._lock:
            before = self._pages.pop(key, None)
            self.size += page.size - (before.size if before else 0)
            self._pages[key] = page
            while self.size > most:
                _key, oldest = self._pages.popitem(last=False)
                self.size -= oldest.size

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._pages.clear()
            self.size = 0


SHELF = Shelf()


def _pack(response: HttpResponse) -> Kept:
    content = response.content
    # Without a time in it the same page is the same bytes in every process.
    packed = gzip.compress(content, 6, mtime=0) if len(content) >= SMALL else b""
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in MADE_ANEW)
    return Kept(content, packed, hashlib.sha256(content).hexdigest()[:32], headers)


def _asked(view: View, request: HttpRequest) -> tuple[Hashable, ...]:
    """Return what was asked for: of which view, at which address, with which parameters, in which language."""
    chosen = tuple(sorted((name, tuple(request.GET.getlist(name))) for name in request.GET))
    return view.__module__, view.__qualname__, request.path, chosen, translation.get_language()


def _noted(summit: str) -> Hashable:
    return PublicChange.objects.stamp(summit)


def kept_page(
    *params: str, beside: Callable[..., Hashable] | None = None, stamp: Callable[[str], Hashable] = _noted
) -> Callable[[View], View]:
    """Keep a view's pages. The view's first argument is the summit's slug; it is asked with `params` alone besides
    `lang`, each once: an address with others is answered anew. `beside` is called with the view's arguments where a
    page depends on more than the stamp, and gives what else it depends on. `stamp` reads the stamp of the summit at
    an address, None where there is none, with whatever a page reads beside it in the same query.

    One query for each answer, and those of `beside`.
    """
    known = {"lang", *params}

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, summit: str, **kwargs: Any) -> HttpResponse:
            asked = request.GET
            if not settings.KEPT_PAGES or not known.issuperset(asked):
                return view(request, summit=summit, **kwargs)
            noted = stamp(summit)
            if noted is None:
                return view(request, summit=summit, **kwargs)
            key = (*_asked(view, request), noted, beside(summit=summit, **kwargs) if beside else None)
            page = SHELF.get(key)
            if page is None:
                response = view(request, summit=summit, **kwargs)
                if response.status_code != 200:
                    return response
                page = _pack(response)
                SHELF.put(key, page, settings.KEPT_PAGES)
            return page.response(request)

        return wrapped

    return decorate
