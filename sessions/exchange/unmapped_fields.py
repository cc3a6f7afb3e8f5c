"""The format of imported values that no field of a session is for."""

# Rows are (name, text) with "guid", "type", "language" or one of WORDS as the name, or (name, address, title, type)
# with "links" or "attachments".
Carried = tuple[tuple[str, ...], ...]
WORDS = ("subtitle", "track")
# The types of links in the format.
LINK_TYPES = frozenset({"slides", "paper", "web", "blog", "article", "media", "related", "activitypub"})
