"""Notify the deployment's hub when feeds change (W3C WebSub).

The hub is notified of a summit's complete feed, and of the feeds of each kind of text and each language, as Atom and
as JSON Feed. No other feed names the hub, since the hub isn't notified of its changes.
"""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from press.texts.models.texts import Text
from summit.summits.models import Summit
from summit.webhooks import websub

FEEDS = ("press:atom", "press:json-feed")
# A feed filtered by only one of these still uses the hub.
BY = ("kind", "language")


def of_feed(query: str) -> str:
    """Return the hub of a feed with this query string; "" if it has none."""
    name, _equals, value = query.partition("=")
    told = not query or (name in BY and "&" not in value)
    return settings.WEBSUB_HUB if told else ""


def changed(text: Text, languages: Iterable[str], cause: str) -> None:
    """Notify the hub of the feeds that a text has changed, in the transaction of the announcement.

    `cause` identifies the change, so that it is notified once. No query without a hub.
    """
    if settings.WEBSUB_HUB:
        websub.ping(summit=text.summit, feeds=list(_feeds(text.summit, text.kind, sorted(languages))), cause=cause)


def _feeds(summit: Summit, kind: str, languages: Iterable[str]) -> Iterator[str]:
    queries = ["", f"?{urlencode({'kind': kind})}", *(f"?{urlencode({'language': each})}" for each in languages)]
    for name in FEEDS:
        for query in queries:
            yield f"{reverse(name, args=[summit.slug])}{query}"
