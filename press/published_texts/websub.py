"""Notify the deployment's hub when feeds change (W3C WebSub).

The hub is notified of changes to a summit's feed of all texts, and to feeds of one kind of text or one language. Each
is an Atom feed and a JSON Feed. Other feeds don't name the hub, since the hub isn't notified of their changes.
"""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from press.texts.models.texts import Text
from summit.summits.models import Summit
from summit.webhooks import websub

FEEDS = ("press:atom", "press:json-feed")
# A feed that is filtered by only one of these parameters names the hub as well.
BY = ("kind", "language")


def of_feed(query: str) -> str:
    """Return the URL of the hub for a feed with this query string, or "" if the feed has no hub."""
    name, _equals, value = query.partition("=")
    has_hub = not query or (name in BY and "&" not in value)
    return settings.WEBSUB_HUB if has_hub else ""


def changed(text: Text, languages: Iterable[str], cause: str) -> None:
    """Store the notification of the hub about the feeds that contain a text, in the caller's transaction.

    `languages` are the languages in which the text changed. `cause` identifies the change, so that the hub is
    notified of it once. Makes no query if there is no hub.
    """
    if settings.WEBSUB_HUB:
        websub.ping(summit=text.summit, feeds=list(_feeds(text.summit, text.kind, sorted(languages))), cause=cause)


def _feeds(summit: Summit, kind: str, languages: Iterable[str]) -> Iterator[str]:
    queries = ["", f"?{urlencode({'kind': kind})}", *(f"?{urlencode({'language': each})}" for each in languages)]
    for name in FEEDS:
        for query in queries:
            yield f"{reverse(name, args=[summit.slug])}{query}"
