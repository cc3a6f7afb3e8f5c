"""Makes the pages that most readers ask for before the first of them asks.

Each web process does it in a thread of its own: once it has started, and whenever a summit that isn't over has
changed, such as by a release. Nothing depends on it: what it hasn't made is made for whoever asks first.
"""

import logging
import time
from collections.abc import Hashable
from datetime import timedelta
from threading import Thread
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from django.db.models import QuerySet
from django.db.models.functions import Now, TruncDate
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils import translation

from summit.core.compiled_query import Prepared
from summit.public_base.page_cache import AHEAD
from summit.summits.models import PublicVersion, Summit

logger = logging.getLogger(__name__)
# Seconds between two looks at the versions, and the least between two times that the pages of a summit are made:
# while it changes each second, its readers make them.
LOOK, PAUSE = 1.0, 10.0
# So many summits, the next ones first. The venue's last day may end up to a day after the date of UTC.
MOST, OVER = 3, timedelta(days=1)
# The version at which the pages of a summit were made, by its slug, and when, by this process's clock.
Made = dict[str, tuple[Hashable, float]]


def _versions() -> QuerySet[Summit, tuple[Any, ...]]:
    counted = PublicVersion.objects.counted("pk")
    rows = Summit.objects.open_to_public().filter(ends_on__gte=TruncDate(Now() - OVER)).annotate(**counted)
    return rows.order_by("starts_on", "pk").values_list("slug", *counted)[:MOST]


_VERSIONS = Prepared(_versions)
_made: Made = {}


def make(made: Made) -> Made:
    """Make the pages of the summits that have changed since `made`, or of all; return what is made now.

    A page is made in the default language, at the address that others link to. Makes one query where nothing changed.
    """
    now, found = time.monotonic(), {}
    for slug, *version in _VERSIONS.rows():
        before, at = made.get(slug, (None, now - PAUSE))
        found[slug] = before, at
        if tuple(version) != before and now - at >= PAUSE:
            found[slug] = tuple(version), now
            for name in AHEAD:
                _make(reverse(name, args=[slug]))
    return found


def _make(path: str) -> None:
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.resolver_match = match = resolve(path)
    with translation.override(settings.LANGUAGE_CODE):
        request.LANGUAGE_CODE = settings.LANGUAGE_CODE
        match.func(request, *match.args, **match.kwargs)


def start() -> None:
    """Begin to make pages ahead in this process, until it ends."""
    Thread(target=_run, name="pages made ahead", daemon=True).start()


def make_before_fork() -> None:
    """Make the pages in a process whose children are to have them, and leave it without a connection."""
    _look()
    connections.close_all()


def _run() -> None:
    while _look():
        close_old_connections()
        time.sleep(LOOK)


def _look() -> bool:
    global _made  # noqa: PLW0603 - what a main process has made, its children have
    try:
        _made = make(_made)
    except DatabaseError:
        # Readers are told, and so is whoever watches /readyz.
        logger.debug("No pages are made ahead: the database can't be asked")
    except Exception:
        logger.exception("Pages are no longer made ahead in this process")
        return False
    return True
