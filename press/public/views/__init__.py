"""Views of the press site. All users get the same bytes, and only public texts are found."""

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
