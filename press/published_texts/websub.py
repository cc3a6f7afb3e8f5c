"""Feeds that tell the deployment's hub when they change (W3C WebSub): the whole one of a summit, and those of each
kind of text and each language, as Atom and as JSON Feed. No other names the hub: it would promise what isn't done."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from press.texts.models.texts import Text
from summit.summits.models import Summit
from summit.webhooks import websub

FEEDS = ("press:atom", "press:json-feed")
# What a feed may be narrowed by, alone, and still tell the hub.
BY = ("kind", "language")


def of_feed(query: str) -> str:
    """Return the hub that a feed names, by the part of its address that narrows it; "" for none."""
    name, _equals, value = query.partition("=")
    told = not query or (name in BY and "&" not in value)
    return settings.WEBSUB_HUB if told else ""


def changed(text: Text, languages: Iterable[str], cause: str) -> None:
    """Tell the hub which feeds a text has changed, in the transaction of the announcement; `cause` is what changed
    it, and tells it once. No query where there is no hub."""
    if settings.WEBSUB_HUB:
        websub.ping(summit=text.summit, feeds=list(_feeds(text.summit, text.kind, sorted(languages))), cause=cause)


def _feeds(summit: Summit, kind: str, languages: Iterable[str]) -> Iterator[str]:
    queries = ["", f"?{urlencode({'kind': kind})}", *(f"?{urlencode({'language': each})}" for each in languages)]
    for name in FEEDS:
        for query in queries:
            yield f"{reverse(name, args=[summit.slug])}{query}"
