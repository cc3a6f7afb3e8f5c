"""Views of the press site. Everybody gets the same bytes, and a text is found only if it is public."""

from press.public.views.comparison import comparison
from press.public.views.lists import atom, index, json_feed
from press.public.views.quotes import oembed
from press.public.views.subscriptions import subscribe, subscription
from press.public.views.texts import edition, export, file, text

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
