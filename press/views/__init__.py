"""The press site: the same bytes for everybody, and one way to find a text: through the predicate."""

from press.views.comparison import comparison
from press.views.lists import atom, index, json_feed
from press.views.quotes import oembed
from press.views.subscriptions import subscribe, subscription
from press.views.texts import edition, export, file, text

__all__ = [
    "atom",
    "comparison",
    "edition",
    "export",
    "file",
    "index",
    "json_feed",
    "oembed",
    "subscribe",
    "subscription",
    "text",
]
